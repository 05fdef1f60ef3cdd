#include "tensor_kernels.h"

#include <math.h>
#include <string.h>

#include "clones.h"

#pragma STDC FP_CONTRACT OFF

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
        if (end <= begin) continue;
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

// The part of the window of one output along an axis that lies within the image.
typedef struct {
  long first, last;
} cxr_span;
static inline cxr_span cxr_inside(long output, long stride, long pad, long window, long size) {
  const long start = output * stride - pad;
  cxr_span span = {start < 0 ? -start : 0, start + window > size ? size - start : window};
  return span;
}

// The largest of one window's pixels in up to POOLED_CHANNELS channels. Places are as wide as numbers while they
// are compared, so that both are vectorised.
enum { POOLED_CHANNELS = 64 };
static inline __attribute__((always_inline)) void cxr_largest(
    const cxr_windows *p, cxr_span rows, cxr_span columns, const float *restrict x, long corner,
    long count, float *restrict y, uint8_t *restrict choice) {
  int32_t won[POOLED_CHANNELS];
  const long channels = p->channels;
  const int32_t first = (int32_t)(rows.first * p->window + columns.first);
  memcpy(y, x + (corner + rows.first * p->width + columns.first) * channels,
         sizeof(float) * (size_t)count);
  for (long c = 0; c < count; c++) won[c] = first;
  for (long r = rows.first; r < rows.last; r++)
    for (long s = columns.first; s < columns.last; s++) {
      const float *restrict at = x + (corner + r * p->width + s) * channels;
      const int32_t k = (int32_t)(r * p->window + s);
      if (k == first) continue;
      for (long c = 0; c < count; c++) {
        // A NaN is no number equal to itself.
        const int larger = (at[c] > y[c]) | (at[c] != at[c]);
        y[c] = larger ? at[c] : y[c];
        won[c] = larger ? k : won[c];
      }
    }
  for (long c = 0; c < count; c++) choice[c] = (uint8_t)won[c];
}

CLONES
void cxr_max_pool(const cxr_windows *p, const float *restrict x, float *restrict y,
                  uint8_t *restrict choice) {
  for (long oy = 0; oy < p->out_height; oy++) {
    const cxr_span rows = cxr_inside(oy, p->stride, p->pad_top, p->window, p->height);
    for (long ox = 0; ox < p->out_width; ox++, y += p->channels, choice += p->channels) {
      const cxr_span columns = cxr_inside(ox, p->stride, p->pad_left, p->window, p->width);
      const long corner =
          (oy * p->stride - p->pad_top) * p->width + ox * p->stride - p->pad_left;
      for (long c = 0; c < p->channels; c += POOLED_CHANNELS) {
        const long left = p->channels - c;
        cxr_largest(p, rows, columns, x + c, corner, left < POOLED_CHANNELS ? left : POOLED_CHANNELS,
                    y + c, choice + c);
      }
    }
  }
}

void cxr_max_pool_gradient(const cxr_windows *p, const float *restrict dy,
                           const uint8_t *restrict choice, float *restrict dx) {
  // From a window's first cell, which padding may have, to each of its cells.
  long places[256];
  for (long k = 0; k < p->window * p->window; k++)
    places[k] = (k / p->window * p->width + k % p->window) * p->channels;
  for (long oy = 0; oy < p->out_height; oy++)
    for (long ox = 0; ox < p->out_width; ox++, dy += p->channels, choice += p->channels) {
      const long corner = ((oy * p->stride - p->pad_top) * p->width + ox * p->stride - p->pad_left) *
                          p->channels;
      for (long c = 0; c < p->channels; c++) dx[corner + places[choice[c]] + c] += dy[c];
    }
}

// One over the cells that a window's mean is taken of.
static inline float cxr_share(const cxr_windows *p, int counts_padding, cxr_span rows,
                              cxr_span columns) {
  return 1.0f / (float)(counts_padding ? p->window * p->window
                                       : (rows.last - rows.first) * (columns.last - columns.first));
}

CLONES
void cxr_average_pool(const cxr_windows *p, int counts_padding, const float *restrict x,
                      float *restrict y) {
  const long channels = p->channels;
  for (long oy = 0; oy < p->out_height; oy++) {
    const cxr_span rows = cxr_inside(oy, p->stride, p->pad_top, p->window, p->height);
    for (long ox = 0; ox < p->out_width; ox++, y += channels) {
      const cxr_span columns = cxr_inside(ox, p->stride, p->pad_left, p->window, p->width);
      const float share = cxr_share(p, counts_padding, rows, columns);
      memset(y, 0, sizeof(float) * (size_t)channels);
      for (long r = rows.first; r < rows.last; r++) {
        const long row = (oy * p->stride - p->pad_top + r) * p->width + ox * p->stride - p->pad_left;
        for (long s = columns.first; s < columns.last; s++) {
          const float *at = x + (row + s) * channels;
          for (long c = 0; c < channels; c++) y[c] += at[c] * share;
        }
      }
    }
  }
}

CLONES
void cxr_average_pool_gradient(const cxr_windows *p, int counts_padding, const float *restrict dy,
                               float *restrict dx) {
  const long channels = p->channels;
  // A cell of one window takes its share as it is: added to zero, -0 would become 0.
  const int apart = p->stride >= p->window;
  for (long oy = 0; oy < p->out_height; oy++) {
    const cxr_span rows = cxr_inside(oy, p->stride, p->pad_top, p->window, p->height);
    for (long ox = 0; ox < p->out_width; ox++, dy += channels) {
      const cxr_span columns = cxr_inside(ox, p->stride, p->pad_left, p->window, p->width);
      const float share = cxr_share(p, counts_padding, rows, columns);
      for (long r = rows.first; r < rows.last; r++) {
        const long row = (oy * p->stride - p->pad_top + r) * p->width + ox * p->stride - p->pad_left;
        for (long s = columns.first; s < columns.last; s++) {
          float *to = dx + (row + s) * channels;
          if (apart)
            for (long c = 0; c < channels; c++) to[c] = dy[c] * share;
          else
            for (long c = 0; c < channels; c++) to[c] += dy[c] * share;
        }
      }
    }
  }
}

CLONES
void cxr_scale_shift(const float *x, const float *scale, const float *shift, long rows,
                     long channels, float *y) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < channels; c++) y[r * channels + c] = x[r * channels + c] * scale[c] + shift[c];
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

CLONES
void cxr_normalize_add_relu(const float *x, const float *scale, const float *shift, const float *other,
                            long rows, long channels, float *restrict y) {
  for (long r = 0; r < rows; r++, x += channels, other += channels, y += channels)
    for (long c = 0; c < channels; c++) {
      const float z = x[c] * scale[c] + shift[c] + other[c];
      y[c] = z < 0.0f ? 0.0f : z;
    }
}

CLONES
void cxr_normalize_relu(const float *x, long stride, const float *scale, const float *shift, long rows,
                        long channels, float *restrict y) {
  for (long r = 0; r < rows; r++, x += stride, y += channels)
    for (long c = 0; c < channels; c++) {
      const float z = x[c] * scale[c] + shift[c];
      y[c] = z < 0.0f ? 0.0f : z;
    }
}

CLONES
void cxr_normalize_relu_gradient(const float *x, long stride, const float *scale, const float *shift,
                                 const float *dy, const float *a, const float *b, const float *c,
                                 long rows, long channels, bool accumulate, float *restrict dx,
                                 long stride_dx) {
  for (long r = 0; r < rows; r++, x += stride, dy += channels, dx += stride_dx)
    for (long k = 0; k < channels; k++) {
      const float g = x[k] * scale[k] + shift[k] > 0.0f ? dy[k] : 0.0f;
      const float d = a[k] * g + b[k] * x[k] + c[k];
      dx[k] = accumulate ? dx[k] + d : d;
    }
}
