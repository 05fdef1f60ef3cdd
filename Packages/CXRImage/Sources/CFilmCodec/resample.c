// Rotation and zoom of a film: the arithmetic of TensorFlow's projective transform, operation by operation,
// so that a vector unit gives the same bits as a loop.
#include "film_codec.h"

#pragma STDC FP_CONTRACT OFF

// Function multiversioning needs ifunc, which sanitizers cannot instrument.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CLONES
#endif

static inline __attribute__((always_inline)) float whole(float x) { return (float)(int)x; }

// A coordinate mirrored at the film's edges (d c b a | a b c d | d c b a), then clamped to it.
static inline __attribute__((always_inline)) float reflected(float c, float n) {
  const float below = 2 * n * whole(-c / (2 * n)) + c;
  const float mirrored = below < -n ? below + 2 * n : -below - 1;
  const float above = c - 2 * n * whole(c / (2 * n));
  const float folded = above >= n ? 2 * n - above - 1 : above;
  const float inside = c < 0 ? mirrored : (c > n - 1 ? folded : c);
  const float least = inside > 0 ? inside : 0;
  return least < n - 1 ? least : n - 1;
}

CLONES
void film_resample(const float *input, long height, long width, const float x[3], const float y[3],
                  float *output) {
  const float rows = (float)height, columns = (float)width;
  const float x0 = x[0], x1 = x[1], x2 = x[2], y0 = y[0], y1 = y[1], y2 = y[2];
  const int last_row = (int)height - 1, last_column = (int)width - 1, stride = (int)width;
  for (int j = 0; j < (int)height; j++) {
    const float fj = (float)j, xj = x1 * fj, yj = y1 * fj;
    float *to = output + (long)j * width;
    for (int i = 0; i < stride; i++) {
      const float fi = (float)i;
      const float px = reflected(x0 * fi + xj + x2, columns), py = reflected(y0 * fi + yj + y2, rows);
      const int left = (int)px, top = (int)py;
      const float lx = (float)left, ty = (float)top;
      // Beyond the last pixel the weight is 0, so that it may stand for its neighbour.
      const int right = left < last_column ? left + 1 : left, bottom = top < last_row ? top + 1 : top;
      const int a = top * stride, b = bottom * stride;
      const float u = (lx + 1 - px) * input[a + left] + (px - lx) * input[a + right];
      const float l = (lx + 1 - px) * input[b + left] + (px - lx) * input[b + right];
      to[i] = (ty + 1 - py) * u + (py - ty) * l;
    }
  }
}
