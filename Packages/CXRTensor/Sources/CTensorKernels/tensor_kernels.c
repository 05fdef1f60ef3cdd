#include "tensor_kernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Function multiversioning needs ifunc, which sanitizers cannot instrument.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CLONES
#endif

void cxr_im2col(const cxr_patches *p, const float *image, long first, long last, float *columns) {
  const long span = p->kernel_width * p->channels;
  for (long y = first; y < last; y++) {
    const long top = y * p->stride - p->pad_top;
    for (long x = 0; x < p->out_width; x++) {
      const long left = x * p->stride - p->pad_left;
      for (long r = 0; r < p->kernel_height; r++, columns += span) {
        const long row = top + r;
        if (row < 0 || row >= p->height) {
          memset(columns, 0, sizeof(float) * (size_t)span);
          continue;
        }
        const long begin = left < 0 ? -left : 0;
        const long end =
            left + p->kernel_width > p->width ? p->width - left : p->kernel_width;
        if (begin > 0 || end < p->kernel_width) memset(columns, 0, sizeof(float) * (size_t)span);
        if (end > begin)
          memcpy(columns + begin * p->channels,
                 image + (row * p->width + left + begin) * p->channels,
                 sizeof(float) * (size_t)((end - begin) * p->channels));
      }
    }
  }
}

CLONES
void cxr_col2im_add(const cxr_patches *p, const float *columns, long first, long last,
                    float *image) {
  const long span = p->kernel_width * p->channels;
  for (long y = first; y < last; y++) {
    const long top = y * p->stride - p->pad_top;
    for (long x = 0; x < p->out_width; x++) {
      const long left = x * p->stride - p->pad_left;
      for (long r = 0; r < p->kernel_height; r++, columns += span) {
        const long row = top + r;
        if (row < 0 || row >= p->height) continue;
        const long begin = left < 0 ? -left : 0;
        const long end =
            left + p->kernel_width > p->width ? p->width - left : p->kernel_width;
        const float *from = columns + begin * p->channels;
        float *to = image + (row * p->width + left + begin) * p->channels;
        const long count = (end - begin) * p->channels;
        for (long i = 0; i < count; i++) to[i] += from[i];
      }
    }
  }
}

CLONES
void cxr_fill_rows(float *y, const float *bias, long rows, long channels) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) y[r * channels + c] = bias[c];
}

CLONES
void cxr_column_sums(const float *x, long rows, long channels, double *sums) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) sums[c] += (double)x[r * channels + c];
}

CLONES
void cxr_relu(const float *x, float *y, long count) {
  // NaN passes through: a diverged step must not look healthy.
  for (long i = 0; i < count; i++) y[i] = x[i] < 0.0f ? 0.0f : x[i];
}

CLONES
void cxr_relu_gradient(const float *y, const float *dy, float *dx, long count) {
  for (long i = 0; i < count; i++) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
}

CLONES
void cxr_add(float *x, const float *y, long count) {
  for (long i = 0; i < count; i++) x[i] += y[i];
}

CLONES
void cxr_scale(const float *x, float a, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] = a * x[i];
}

CLONES
void cxr_multiply(const float *x, const float *y, float *z, long count) {
  for (long i = 0; i < count; i++) z[i] = x[i] * y[i];
}

CLONES
void cxr_max_pool(const float *x, long width, long channels, long window, long out_height,
                  long out_width, float *y, uint8_t *choice) {
  for (long oy = 0; oy < out_height; oy++)
    for (long ox = 0; ox < out_width; ox++) {
      float *best = y + (oy * out_width + ox) * channels;
      uint8_t *won = choice + (oy * out_width + ox) * channels;
      const float *corner = x + (oy * window * width + ox * window) * channels;
      for (long c = 0; c < channels; c++) best[c] = corner[c];
      memset(won, 0, (size_t)channels);
      for (long k = 1; k < window * window; k++) {
        const float *at = corner + ((k / window) * width + k % window) * channels;
        for (long c = 0; c < channels; c++) {
          const int larger = at[c] > best[c] || isnan(at[c]);
          best[c] = larger ? at[c] : best[c];
          won[c] = larger ? (uint8_t)k : won[c];
        }
      }
    }
}

void cxr_max_pool_gradient(const float *dy, const uint8_t *choice, long width, long channels,
                           long window, long out_height, long out_width, float *dx) {
  for (long oy = 0; oy < out_height; oy++)
    for (long ox = 0; ox < out_width; ox++) {
      const long o = (oy * out_width + ox) * channels;
      float *corner = dx + (oy * window * width + ox * window) * channels;
      for (long c = 0; c < channels; c++) {
        const long k = choice[o + c];
        corner[((k / window) * width + k % window) * channels + c] += dy[o + c];
      }
    }
}

CLONES
void cxr_squared_deviations(const float *x, const double *mean, long rows, long channels,
                            double *sums) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) {
      const double d = (double)x[r * channels + c] - mean[c];
      sums[c] += d * d;
    }
}

CLONES
void cxr_scale_shift(const float *x, const float *scale, const float *shift, long rows,
                     long channels, float *y) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) y[r * channels + c] = x[r * channels + c] * scale[c] + shift[c];
}

CLONES
void cxr_batch_norm_sums(const float *x, const float *dy, const double *mean, long rows,
                         long channels, double *sums, double *products) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) {
      const double d = (double)dy[r * channels + c];
      sums[c] += d;
      products[c] += d * ((double)x[r * channels + c] - mean[c]);
    }
}

CLONES
void cxr_batch_norm_gradient(const float *x, const float *dy, const float *a, const float *b,
                             const float *c, long rows, long channels, float *dx) {
  for (long r = 0; r < rows; r++)
    for (long k = 0; k < channels; k++) {
      const long i = r * channels + k;
      dx[i] = a[k] * dy[i] + b[k] * x[i] + c[k];
    }
}

CLONES
void cxr_adam(float *weights, const float *gradients, float *first, float *second, long count,
              float alpha, float first_share, float second_share, float epsilon) {
  for (long i = 0; i < count; i++) {
    const float g = gradients[i];
    first[i] += (g - first[i]) * first_share;
    second[i] += (g * g - second[i]) * second_share;
    weights[i] -= first[i] * alpha / (sqrtf(second[i]) + epsilon);
  }
}

CLONES
void cxr_decay(float *weights, long count, float decay, float rate) {
  for (long i = 0; i < count; i++) weights[i] -= weights[i] * decay * rate;
}

CLONES
void cxr_sgd(float *weights, const float *gradients, long count, float rate) {
  for (long i = 0; i < count; i++) weights[i] -= gradients[i] * rate;
}

CLONES
void cxr_sgd_momentum(float *weights, const float *gradients, float *velocity, long count,
                      float momentum, bool nesterov, float inner, float outer) {
  for (long i = 0; i < count; i++) {
    const float g = gradients[i] * inner;
    velocity[i] = velocity[i] * momentum + g;
    weights[i] += (nesterov ? velocity[i] * momentum + g : velocity[i]) * outer;
  }
}

CLONES
double cxr_sum_of_squares(const float *values, long count) {
  // Sixteen sums beside each other, added in a fixed order: the same bits on every vector unit.
  enum { LANES = 16 };
  double sums[LANES] = {0};
  long i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      sums[lane] += (double)values[i + lane] * values[i + lane];
  double total = 0;
  for (int lane = 0; lane < LANES; lane++) total += sums[lane];
  for (; i < count; i++) total += (double)values[i] * values[i];
  return total;
}
