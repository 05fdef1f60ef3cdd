// Sums over the rows of a matrix, a channel at a time, in double.
//
// The sums of sixteen channels stay in registers over a tile of rows, whose next is fetched meanwhile. Each channel's values are
// added in the order of rows, so the bits are those of the plain loop, which the last channels take.
#include "clones.h"
#include "tensor_kernels.h"

#pragma STDC FP_CONTRACT OFF
// Wide vectors cross function borders only where the call is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

enum { GROUP = 16, TILE_ROWS = 16 };

typedef float F __attribute__((ext_vector_type(GROUP)));
typedef float UnalignedF __attribute__((ext_vector_type(GROUP), aligned(4)));
typedef int I __attribute__((ext_vector_type(GROUP)));
typedef double W __attribute__((ext_vector_type(GROUP)));
typedef double UnalignedW __attribute__((ext_vector_type(GROUP), aligned(8)));

#define INLINE static inline __attribute__((always_inline))
#define FLOATS(p) ((F) * (const UnalignedF *)(p))
#define DOUBLES(p) ((W) * (const UnalignedW *)(p))
#define STORE_DOUBLES(p, v) (*(UnalignedW *)(p) = (v))
#define WIDE(v) __builtin_convertvector(v, W)
// Of the tile after this one: past the last row it is of no use, and does no harm.
#define FETCH(p, stride) __builtin_prefetch((p) + TILE_ROWS * (stride), 0, 3)

INLINE F where(I mask, F v) { return (F)(mask & (I)v); }
INLINE long least(long a, long b) { return a < b ? a : b; }

CLONES
void cxr_column_sums(const float *x, long rows, long channels, double *sums) {
  const long whole = channels / GROUP * GROUP;
  for (; rows > 0; rows -= TILE_ROWS, x += TILE_ROWS * channels) {
    const long tile = least(TILE_ROWS, rows);
    for (long c = 0; c < whole; c += GROUP) {
      W sum = DOUBLES(sums + c);
      const float *from = x + c;
      for (long r = 0; r < tile; r++, from += channels) {
        FETCH(from, channels);
        sum += WIDE(FLOATS(from));
      }
      STORE_DOUBLES(sums + c, sum);
    }
    for (long r = 0; r < tile; r++)
      for (long c = whole; c < channels; c++) sums[c] += (double)x[r * channels + c];
  }
}

CLONES
void cxr_squared_deviations(const float *x, const double *mean, long rows, long channels,
                            double *sums) {
  const long whole = channels / GROUP * GROUP;
  for (; rows > 0; rows -= TILE_ROWS, x += TILE_ROWS * channels) {
    const long tile = least(TILE_ROWS, rows);
    for (long c = 0; c < whole; c += GROUP) {
      W sum = DOUBLES(sums + c);
      const W middle = DOUBLES(mean + c);
      const float *from = x + c;
      for (long r = 0; r < tile; r++, from += channels) {
        FETCH(from, channels);
        const W d = WIDE(FLOATS(from)) - middle;
        sum += d * d;
      }
      STORE_DOUBLES(sums + c, sum);
    }
    for (long r = 0; r < tile; r++)
      for (long c = whole; c < channels; c++) {
        const double d = (double)x[r * channels + c] - mean[c];
        sums[c] += d * d;
      }
  }
}

// A tile's gradients, and their products with the distances from the mean.
INLINE void add_gradients(const float *x, const float *dy, const double *mean, long tile, long channels, double *sums,
                          double *products) {
  const long whole = channels / GROUP * GROUP;
  for (long c = 0; c < whole; c += GROUP) {
    W sum = DOUBLES(sums + c), product = DOUBLES(products + c);
    const W middle = DOUBLES(mean + c);
    for (long r = 0, i = c; r < tile; r++, i += channels) {
      FETCH(x + i, channels);
      FETCH(dy + i, channels);
      const W d = WIDE(FLOATS(dy + i));
      sum += d;
      product += d * (WIDE(FLOATS(x + i)) - middle);
    }
    STORE_DOUBLES(sums + c, sum);
    STORE_DOUBLES(products + c, product);
  }
  for (long r = 0; r < tile; r++)
    for (long c = whole; c < channels; c++) {
      const double d = (double)dy[r * channels + c];
      sums[c] += d;
      products[c] += d * ((double)x[r * channels + c] - mean[c]);
    }
}

CLONES
void cxr_batch_norm_sums(const float *x, const float *dy, const double *mean, long rows,
                         long channels, double *sums, double *products) {
  const long step = TILE_ROWS * channels;
  for (; rows > 0; rows -= TILE_ROWS, x += step, dy += step)
    add_gradients(x, dy, mean, least(TILE_ROWS, rows), channels, sums, products);
}

CLONES
void cxr_relu_gradient_sums(const float *y, const float *dy, const float *x, const double *mean, long rows,
                            long channels, float *restrict g, double *restrict sums,
                            double *restrict products) {
  const long step = TILE_ROWS * channels;
  for (; rows > 0; rows -= TILE_ROWS, y += step, dy += step, x += step, g += step) {
    const long tile = least(TILE_ROWS, rows);
    // Written in the order of memory.
    for (long i = 0; i < tile * channels; i++) g[i] = y[i] > 0.0f ? dy[i] : 0.0f;
    add_gradients(x, g, mean, tile, channels, sums, products);
  }
}

CLONES
void cxr_normalize_relu_sums(const float *x, long stride, const float *scale, const float *shift,
                             const float *dy, const double *mean, long rows, long channels,
                             double *restrict sums, double *restrict products) {
  const long whole = channels / GROUP * GROUP;
  for (; rows > 0; rows -= TILE_ROWS, x += TILE_ROWS * stride, dy += TILE_ROWS * channels) {
    const long tile = least(TILE_ROWS, rows);
    for (long c = 0; c < whole; c += GROUP) {
      W sum = DOUBLES(sums + c), product = DOUBLES(products + c);
      const W middle = DOUBLES(mean + c);
      const F factor = FLOATS(scale + c), offset = FLOATS(shift + c);
      const float *value = x + c, *gradient = dy + c;
      for (long r = 0; r < tile; r++, value += stride, gradient += channels) {
        FETCH(value, stride);
        FETCH(gradient, channels);
        const F v = FLOATS(value);
        const W d = WIDE(where(v * factor + offset > 0.0f, FLOATS(gradient)));
        sum += d;
        product += d * (WIDE(v) - middle);
      }
      STORE_DOUBLES(sums + c, sum);
      STORE_DOUBLES(products + c, product);
    }
    for (long r = 0; r < tile; r++)
      for (long c = whole; c < channels; c++) {
        const float v = x[r * stride + c];
        const double d = v * scale[c] + shift[c] > 0.0f ? (double)dy[r * channels + c] : 0.0;
        sums[c] += d;
        products[c] += d * ((double)v - mean[c]);
      }
  }
}
