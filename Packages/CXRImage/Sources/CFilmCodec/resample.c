// Rotation and zoom of a film: the arithmetic of TensorFlow's projective transform, operation by operation,
// so that a vector unit gives the same bits as a loop.
#include "clones.h"
#include "film_codec.h"

#pragma STDC FP_CONTRACT OFF

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

enum { RUN = 256 };

// Where a run of outputs reads: the offset of its upper left pixel, the steps to the right and down to the
// others, and how far the position lies beyond it.
struct places {
  int32_t corner[RUN], right[RUN], below[RUN];
  float x[RUN], y[RUN];
};

CLONES
static void find_places(struct places *p, int count, int first, float row, int height, int width,
                        const float x[3], const float y[3]) {
  const float rows = (float)height, columns = (float)width;
  const float x0 = x[0], xj = x[1] * row, x2 = x[2], y0 = y[0], yj = y[1] * row, y2 = y[2];
  for (int k = 0; k < count; k++) {
    const float i = (float)(first + k);
    const float px = reflected(x0 * i + xj + x2, columns), py = reflected(y0 * i + yj + y2, rows);
    const int left = (int)px, top = (int)py;
    p->corner[k] = top * width + left;
    // Beyond the last pixel the weight is 0, so that it may stand for its neighbour.
    p->right[k] = left < width - 1 ? 1 : 0;
    p->below[k] = top < height - 1 ? width : 0;
    p->x[k] = px;
    p->y[k] = py;
  }
}

CLONES
void film_resample(const float *input, long height, long width, const float x[3], const float y[3],
                   float *output) {
  struct places p;
  for (int j = 0; j < (int)height; j++)
    for (int first = 0; first < (int)width; first += RUN) {
      const int count = (int)width - first < RUN ? (int)width - first : RUN;
      find_places(&p, count, first, (float)j, (int)height, (int)width, x, y);
      float *to = output + (long)j * width + first;
      for (int k = 0; k < count; k++) {
        const float *upper = input + p.corner[k], *lower = upper + p.below[k];
        const float left = whole(p.x[k]), top = whole(p.y[k]);
        const float a = left + 1 - p.x[k], b = p.x[k] - left;
        const float u = a * upper[0] + b * upper[p.right[k]];
        const float l = a * lower[0] + b * lower[p.right[k]];
        to[k] = (top + 1 - p.y[k]) * u + (p.y[k] - top) * l;
      }
    }
}
