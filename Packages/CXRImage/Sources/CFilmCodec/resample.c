// Rotation and zoom of a film: the arithmetic of TensorFlow's projective transform, operation by operation,
// so that a vector unit gives the same bits as a loop.
#include <string.h>

#include "clones.h"
#include "film_codec.h"
#include "scratch.h"

#pragma STDC FP_CONTRACT OFF

// Vectors pass only between functions that are inlined, so no convention of calls applies to them.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 8, MOST_COLUMNS = 2048 };
typedef float floats __attribute__((vector_size(4 * LANES)));
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef double pairs __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE floats choose(ints mask, floats yes, floats no) {
  return (floats)((mask & (ints)yes) | (~mask & (ints)no));
}

INLINE floats whole(floats x) {
  return __builtin_convertvector(__builtin_convertvector(x, ints), floats);
}

// A coordinate mirrored at the film's edges (d c b a | a b c d | d c b a), then clamped to it.
INLINE floats reflected(floats c, float n) {
  const floats below = 2 * n * whole(-c / (2 * n)) + c;
  const floats mirrored = choose(below < -n, below + 2 * n, -below - 1);
  const floats above = c - 2 * n * whole(c / (2 * n));
  const floats folded = choose(above >= n, 2 * n - above - 1, above);
  const floats inside = choose(c < 0, mirrored, choose(c > n - 1, folded, c));
  const floats least = choose(inside > 0, inside, (floats){0});
  return choose(least < n - 1, least, least * 0 + (n - 1));
}

INLINE int any(ints mask) {
  int64_t words[LANES / 2];
  memcpy(words, &mask, sizeof words);
  return (words[0] | words[1] | words[2] | words[3]) != 0;
}

// Two neighbours at each of four places.
INLINE pairs four_pairs(const float *from, const int32_t *places) {
  double a, b, c, d;
  memcpy(&a, from + places[0], 8);
  memcpy(&b, from + places[1], 8);
  memcpy(&c, from + places[2], 8);
  memcpy(&d, from + places[3], 8);
  return (pairs){a, b, c, d};
}

// The left and right neighbours at eight places, weighed.
INLINE floats between(const float *from, const int32_t *places, floats a, floats b) {
  const floats low = (floats)four_pairs(from, places), high = (floats)four_pairs(from, places + 4);
  return a * __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14) +
         b * __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

// Eight outputs of a film of at least 2 x 2 pixels. At the last column the place is that of the one before, of
// which nothing is taken then; likewise at the last row.
INLINE floats eight(const float *input, int height, int width, floats px, floats py) {
  const floats n = (floats){0} + (float)(width - 1), m = (floats){0} + (float)(height - 1);
  if (any((px < 0) | (px > n) | (py < 0) | (py > m))) {
    px = reflected(px, (float)width);
    py = reflected(py, (float)height);
  }
  ints left = __builtin_convertvector(px, ints), top = __builtin_convertvector(py, ints);
  left = __builtin_elementwise_min(left, (ints){0} + (width - 2));
  top = __builtin_elementwise_min(top, (ints){0} + (height - 2));
  const floats fl = __builtin_convertvector(left, floats), ft = __builtin_convertvector(top, floats);
  const floats a = fl + 1 - px, b = px - fl;
  int32_t places[LANES];
  const ints corner = top * width + left;
  memcpy(places, &corner, sizeof places);
  const floats u = between(input, places, a, b), l = between(input + width, places, a, b);
  return (ft + 1 - py) * u + (py - ft) * l;
}

CLONES
static void resample(const float *input, int height, int width, const float x[3], const float y[3],
                     float *output) {
  static const floats steps = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int j = 0; j < height; j++) {
    const float xj = x[1] * (float)j, yj = y[1] * (float)j;
    for (int first = 0; first < width; first += LANES) {
      const floats i = steps + (float)first;
      const floats found = eight(input, height, width, x[0] * i + xj + x[2], y[0] * i + yj + y[2]);
      float *to = output + (long)j * width + first;
      if (first + LANES <= width) {
        memcpy(to, &found, sizeof found);
      } else {
        for (int k = 0; first + k < width; k++) to[k] = found[k];
      }
    }
  }
}

// A row of a film, read at places that all rows share.
struct columns {
  int32_t places[MOST_COLUMNS];
  float left[MOST_COLUMNS], right[MOST_COLUMNS];
};

INLINE void find_columns(struct columns *found, int width, const float x[3], float xj) {
  static const floats steps = {0, 1, 2, 3, 4, 5, 6, 7};
  const floats n = (floats){0} + (float)(width - 1);
  for (int first = 0; first < width; first += LANES) {
    floats px = x[0] * (steps + (float)first) + xj + x[2];
    if (any((px < 0) | (px > n))) px = reflected(px, (float)width);
    ints left = __builtin_convertvector(px, ints);
    left = __builtin_elementwise_min(left, (ints){0} + (width - 2));
    const floats fl = __builtin_convertvector(left, floats);
    const floats a = fl + 1 - px, b = px - fl;
    memcpy(found->places + first, &left, sizeof left);
    memcpy(found->left + first, &a, sizeof a);
    memcpy(found->right + first, &b, sizeof b);
  }
}

// A zoom's rows and columns are independent: each row of the film is weighed along once, and serves the two or
// so rows of output that lie next to it. The arithmetic is that of resample.
CLONES
static void resample_axes(const float *input, int height, int width, const float x[3],
                          const float y[3], float *output) {
  struct columns columns;
  float lines[2][MOST_COLUMNS];
  int held[2] = {-1, -1};
  find_columns(&columns, width, x, 0);
  for (int j = 0; j < height; j++) {
    floats py = (floats){0} + (y[0] * 0 + y[1] * (float)j + y[2]);
    if (py[0] < 0 || py[0] > (float)(height - 1)) py = reflected(py, (float)height);
    int top = (int)py[0];
    if (top > height - 2) top = height - 2;
    for (int row = top; row <= top + 1; row++) {
      if (held[row & 1] == row) continue;
      held[row & 1] = row;
      const float *from = input + (long)row * width;
      for (int i = 0; i < width; i += LANES) {
        floats a, b;
        memcpy(&a, columns.left + i, sizeof a);
        memcpy(&b, columns.right + i, sizeof b);
        const floats line = between(from, columns.places + i, a, b);
        memcpy(lines[row & 1] + i, &line, sizeof line);
      }
    }
    const float *upper = lines[top & 1], *lower = lines[(top + 1) & 1];
    const float above = (float)top + 1 - py[0], below = py[0] - (float)top;
    float *to = output + (long)j * width;
    for (int i = 0; i < width; i++) to[i] = above * upper[i] + below * lower[i];
  }
}

// A film one pixel wide or high has no neighbours: along that axis every coordinate is 0.
static void resample_line(const float *input, long height, long width, const float x[3],
                          const float y[3], float *output) {
  for (long j = 0; j < height; j++)
    for (long i = 0; i < width; i++) {
      const floats zero = {0};
      const float n = (float)(width > height ? width : height);
      const float c = width > height ? x[0] * (float)i + x[1] * (float)j + x[2]
                                     : y[0] * (float)i + y[1] * (float)j + y[2];
      const float p = n > 1 ? reflected(zero + c, n)[0] : 0;
      const long low = (long)p, high = low + 1 < (long)n ? low + 1 : low;
      const float a = (float)low + 1 - p, b = p - (float)low;
      output[j * width + i] = a * input[low] + b * input[high];
    }
}

void film_resample(const float *input, long height, long width, const float x[3], const float y[3],
                   float *output) {
  if (height < 2 || width < 2) {
    resample_line(input, height, width, x, y, output);
  } else if (x[1] == 0 && y[0] == 0 && width <= MOST_COLUMNS - LANES) {
    resample_axes(input, (int)height, (int)width, x, y, output);
  } else {
    resample(input, (int)height, (int)width, x, y, output);
  }
}

int film_resample_twice(float *pixels, long height, long width, const float first[6],
                        const float second[6]) {
  float *between_them = film_scratch((size_t)(height * width) * sizeof *pixels);
  if (!between_them) return 0;
  film_resample(pixels, height, width, first, first + 3, between_them);
  film_resample(between_them, height, width, second, second + 3, pixels);
  film_trim_scratch();
  return 1;
}
