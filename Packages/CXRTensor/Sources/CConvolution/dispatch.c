// Which vector unit computes, and what does not depend on one.
#include <stdlib.h>
#include <string.h>

#include "convolution_engine.h"
#include "lengths.inc"

extern const cxr_engine cxr_engine_portable;
#if defined(__x86_64__)
extern const cxr_engine cxr_engine_avx2, cxr_engine_avx512;
#endif

// Widest first.
static int available(const cxr_engine **engines) {
  int count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    engines[count++] = &cxr_engine_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    engines[count++] = &cxr_engine_avx2;
#endif
  engines[count++] = &cxr_engine_portable;
  return count;
}

// Where the environment names a unit, only that one is used.
static int chosen(const cxr_engine **engines) {
  const int count = available(engines);
  const char *wanted = getenv("CXR_VECTORS");
  if (!wanted) return count;
  for (int i = 0; i < count; i++)
    if (strcmp(wanted, engines[i]->key) == 0) {
      engines[0] = engines[i];
      return 1;
    }
  return count;
}

const cxr_engine *cxr_engine_default(void) {
  const cxr_engine *engines[3];
  chosen(engines);
  return engines[0];
}

const cxr_engine *cxr_engine_of_lanes(long lanes) {
  const cxr_engine *engines[3];
  const int count = chosen(engines);
  for (int i = 0; i < count; i++)
    if (engines[i]->lanes <= lanes) return engines[i];
  return engines[count - 1];
}

long cxr_frequencies(long tile) { return tile * tile / 2 + 2; }

long cxr_first_frequency(long tile, long kx) {
  return kx == 0 ? 0 : tile / 2 + 1 + (kx - 1) * tile;
}

static const long lengths[] = {TILE_LENGTHS};
long cxr_tile_lengths(void) { return (long)(sizeof lengths / sizeof lengths[0]); }
long cxr_tile_length(long place) { return lengths[place]; }

// Chan, Golub and LeVeque's update, for all parts at once: the parts' own squares, and the squares of
// their means' distances from the whole mean.
double cxr_combine_moments(long parts, long channels, long stride, const double *counts,
                           const double *moments, double *mean, double *squares) {
  double total = 0;
  for (long i = 0; i < parts; i++) total += counts[i];
  for (long c = 0; c < channels; c++) mean[c] = squares[c] = 0;
  for (long i = 0; i < parts; i++)
    for (long c = 0; c < channels; c++) mean[c] += moments[(i * stride + c) * 2];
  for (long c = 0; c < channels; c++) mean[c] /= total;
  for (long i = 0; i < parts; i++) {
    if (counts[i] == 0) continue;
    for (long c = 0; c < channels; c++) {
      const double off = moments[(i * stride + c) * 2] / counts[i] - mean[c];
      squares[c] += moments[(i * stride + c) * 2 + 1] + counts[i] * off * off;
    }
  }
  return total;
}

void cxr_swap_channels(const float *kernel, long area, long a, long b, float *swapped) {
  enum { BLOCK = 16 };
  for (long r = 0; r < area; r++)
    for (long i0 = 0; i0 < a; i0 += BLOCK)
      for (long j0 = 0; j0 < b; j0 += BLOCK)
        for (long j = j0; j < b && j < j0 + BLOCK; j++)
          for (long i = i0; i < a && i < i0 + BLOCK; i++)
            swapped[(r * b + j) * a + i] = kernel[(r * a + i) * b + j];
}
