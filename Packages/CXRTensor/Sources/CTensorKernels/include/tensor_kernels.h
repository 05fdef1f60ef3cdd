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

/// Pooling of one image by windows of `window` by `window` cells that may overlap and hang over the border by
/// no more than half, so that each holds a pixel. `window` is at most 16.
typedef struct {
  long height, width, channels;
  long window, stride;
  long pad_top, pad_left;
  long out_height, out_width;
} cxr_windows;

/// The largest pixel of each window; `choice` is the row-major position in the window, padding counted, of
/// the first one.
void cxr_max_pool(const cxr_windows *p, const float *restrict x, float *restrict y,
                  uint8_t *restrict choice);
/// Adds each dy to the pixel that won.
void cxr_max_pool_gradient(const cxr_windows *p, const float *restrict dy,
                           const uint8_t *restrict choice, float *restrict dx);
/// The mean of each window's pixels, or their sum over window^2.
void cxr_average_pool(const cxr_windows *p, int counts_padding, const float *restrict x,
                      float *restrict y);
/// Adds each pixel's shares of dy to dx, which is zero before.
void cxr_average_pool_gradient(const cxr_windows *p, int counts_padding, const float *restrict dy,
                               float *restrict dx);

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

/// y = max(x * scale[c] + shift[c] + other, 0), rows of `channels`.
void cxr_normalize_add_relu(const float *x, const float *scale, const float *shift, const float *other,
                            long rows, long channels, float *y);
/// g = dy where y > 0, else 0; sums[c] += g and products[c] += g * (x - mean[c]), in double.
void cxr_relu_gradient_sums(const float *y, const float *dy, const float *x, const double *mean, long rows,
                            long channels, float *g, double *sums, double *products);

/// max(x * scale[c] + shift[c], 0) of rows that lie `stride` apart, and the way back from dy, rows of `channels`.
/// y, rows of `channels`.
void cxr_normalize_relu(const float *x, long stride, const float *scale, const float *shift, long rows,
                        long channels, float *y);
/// sums[c] += g and products[c] += g * (x - mean[c]), in double, with g = dy where y > 0, else 0.
void cxr_normalize_relu_sums(const float *x, long stride, const float *scale, const float *shift,
                             const float *dy, const double *mean, long rows, long channels,
                             double *sums, double *products);
/// a[c] * g + b[c] * x + c[c], to dx, whose rows lie `stride_dx` apart; added to it where `accumulate`.
void cxr_normalize_relu_gradient(const float *x, long stride, const float *scale, const float *shift,
                                 const float *dy, const float *a, const float *b, const float *c,
                                 long rows, long channels, bool accumulate, float *dx, long stride_dx);
