// Hot loops of CXRTensor. Plain C without special flags: functions that compute carry clones for
// the vector units they may meet, chosen when the program is loaded.
//
// Floating-point contraction is off, so a clone for a wider vector unit gives the same bits.
// Layout is NHWC: the channel is the fastest index. Counts are elements, never bytes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One image's share of a convolution: sizes in pixels, padding before the first row and column.
typedef struct {
  long height, width, channels;
  long kernel_height, kernel_width;
  long stride;
  long pad_top, pad_left;
  long out_width;
} cxr_patches;

/// Writes the patches under output rows first..<last as a matrix
/// [(last - first) * out_width, kernel_height * kernel_width * channels].
void cxr_im2col(const cxr_patches *p, const float *image, long first, long last, float *columns);
/// Adds such a matrix back onto the image it was taken from.
void cxr_col2im_add(const cxr_patches *p, const float *columns, long first, long last,
                    float *image);

/// y[r, c] = bias[c]
void cxr_fill_rows(float *y, const float *bias, long rows, long channels);
/// sums[c] += sum over r of x[r, c], in double
void cxr_column_sums(const float *x, long rows, long channels, double *sums);

void cxr_relu(const float *x, float *y, long count);
/// dx = y > 0 ? dy : 0
void cxr_relu_gradient(const float *y, const float *dy, float *dx, long count);
/// x += y
void cxr_add(float *x, const float *y, long count);

/// The sum of the squares of `count` values, in double.
double cxr_sum_of_squares(const float *values, long count);
/// y = a * x
void cxr_scale(const float *x, float a, float *y, long count);
void cxr_multiply(const float *x, const float *y, float *z, long count);

/// Max pooling of one image with window == stride. `choice` is the row-major position in the
/// window of the first largest element.
void cxr_max_pool(const float *x, long width, long channels, long window, long out_height,
                  long out_width, float *y, uint8_t *choice);
/// Adds each dy to the element that won.
void cxr_max_pool_gradient(const float *dy, const uint8_t *choice, long width, long channels,
                           long window, long out_height, long out_width, float *dx);

/// sums[c] += sum over r of (x[r, c] - mean[c])^2, in double
void cxr_squared_deviations(const float *x, const double *mean, long rows, long channels,
                            double *sums);
/// y = x * scale[c] + shift[c]
void cxr_scale_shift(const float *x, const float *scale, const float *shift, long rows,
                     long channels, float *y);
/// sums[c] += dy and products[c] += dy * (x - mean[c]), in double
void cxr_batch_norm_sums(const float *x, const float *dy, const double *mean, long rows,
                         long channels, double *sums, double *products);
/// dx = a[c] * dy + b[c] * x + c[c]
void cxr_batch_norm_gradient(const float *x, const float *dy, const float *a, const float *b,
                             const float *c, long rows, long channels, float *dx);

/// One Adam update of `count` weights: keras's formula, epsilon outside the bias correction.
void cxr_adam(float *weights, const float *gradients, float *first, float *second, long count,
              float alpha, float first_share, float second_share, float epsilon);
/// weights -= (weights * decay) * rate
void cxr_decay(float *weights, long count, float decay, float rate);
/// weights -= gradients * rate
void cxr_sgd(float *weights, const float *gradients, long count, float rate);
/// velocity = velocity * momentum + gradients * inner, then weights += outer times that, or with nesterov
/// times velocity * momentum + gradients * inner.
void cxr_sgd_momentum(float *weights, const float *gradients, float *velocity, long count,
                      float momentum, bool nesterov, float inner, float outer);
