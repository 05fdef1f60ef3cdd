// Bilinear resizing of bytes: the arithmetic of TensorFlow's image.resize, operation by operation.
#include <string.h>

#include "clones.h"
#include "film_codec.h"

#pragma STDC FP_CONTRACT OFF
// Vectors pass only between functions that are inlined, so no convention of calls applies to them.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 8 };
typedef float floats __attribute__((vector_size(4 * LANES)));
typedef uint8_t bytes __attribute__((vector_size(LANES)));

static inline __attribute__((always_inline)) floats gathered(const uint8_t *row, const int32_t *at) {
  const bytes found = {row[at[0]], row[at[1]], row[at[2]], row[at[3]],
                       row[at[4]], row[at[5]], row[at[6]], row[at[7]]};
  return __builtin_convertvector(found, floats);
}

CLONES
void film_resize_row(const uint8_t *top, const uint8_t *bottom, float fraction, const int32_t *left,
                     const int32_t *right, const float *fractions, long count, float *to) {
  long x = 0;
  for (; x + LANES <= count; x += LANES) {
    floats f;
    memcpy(&f, fractions + x, sizeof f);
    const floats tl = gathered(top, left + x), tr = gathered(top, right + x);
    const floats bl = gathered(bottom, left + x), br = gathered(bottom, right + x);
    const floats upper = tl + (tr - tl) * f, lower = bl + (br - bl) * f;
    const floats value = upper + (lower - upper) * fraction;
    memcpy(to + x, &value, sizeof value);
  }
  for (; x < count; x++) {
    const float tl = top[left[x]], tr = top[right[x]], bl = bottom[left[x]], br = bottom[right[x]];
    const float upper = tl + (tr - tl) * fractions[x], lower = bl + (br - bl) * fractions[x];
    to[x] = upper + (lower - upper) * fraction;
  }
}
