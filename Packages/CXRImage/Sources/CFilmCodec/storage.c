// Prepared films as they are kept: to stored numbers, and from them to what a network sees.
#include <string.h>

#include "clones.h"
#include "film_codec.h"

#pragma STDC FP_CONTRACT OFF

static inline __attribute__((always_inline)) int nearest(float value, float most) {
  const float inside = value > 0 ? (value < most ? value : most) : 0;
  return (int)(inside + 0.5F);
}

CLONES
void film_store_fixed16(const float *levels, long count, uint16_t *to) {
  for (long k = 0; k < count; k++) to[k] = (uint16_t)nearest(levels[k] * 256, 65535);
}

CLONES
void film_store_uint8(const float *levels, long count, uint8_t *to) {
  for (long k = 0; k < count; k++) to[k] = (uint8_t)nearest(levels[k], 255);
}

CLONES
void film_standardise_fixed16(const uint16_t *from, long count, float mean, float deviation,
                              float *to) {
  for (long k = 0; k < count; k++) to[k] = ((float)from[k] * (1.0F / 256) - mean) / deviation;
}

CLONES
void film_standardise_uint8(const uint8_t *from, long count, float mean, float deviation,
                            float *to) {
  for (long k = 0; k < count; k++) to[k] = ((float)from[k] - mean) / deviation;
}

CLONES
void film_standardise_float32(const float *from, long count, float mean, float deviation,
                              float *to) {
  // Also in place, where the compiler would fall back to one number at a time.
#pragma clang loop vectorize(assume_safety)
  for (long k = 0; k < count; k++) to[k] = (from[k] - mean) / deviation;
}

CLONES
void film_sums_fixed16(const uint16_t *from, long count, uint64_t *sum, uint64_t *squares) {
  uint64_t total = 0, square = 0;
  for (long k = 0; k < count; k++) {
    total += from[k];
    square += (uint64_t)((uint32_t)from[k] * from[k]);
  }
  *sum = total;
  *squares = square;
}

CLONES
void film_sums_uint8(const uint8_t *from, long count, uint64_t *sum, uint64_t *squares) {
  uint64_t total = 0, square = 0;
  for (long k = 0; k < count; k++) {
    total += from[k];
    square += (uint64_t)((uint32_t)from[k] * from[k]);
  }
  *sum = total;
  *squares = square;
}

// FNV-1a over 64-bit words in eight lanes, so that a multiplication need not wait for the one before.
uint64_t film_checksum(const void *bytes, size_t count) {
  enum { LANES = 8, STRIDE = 8 * LANES };
  static const uint64_t prime = 0x100000001B3, start = 0xCBF29CE484222325;
  const uint8_t *from = bytes;
  uint64_t lane[LANES];
  for (int k = 0; k < LANES; k++) lane[k] = start + (uint64_t)k * 0x9E3779B97F4A7C15;
  size_t at = 0;
  for (; at + STRIDE <= count; at += STRIDE)
    for (int k = 0; k < LANES; k++) {
      uint64_t word;
      memcpy(&word, from + at + 8 * k, 8);
      lane[k] = (lane[k] ^ word) * prime;
      lane[k] ^= lane[k] >> 32;
    }
  uint64_t hash = count;
  for (int k = 0; k < LANES; k++) {
    hash = (hash ^ lane[k]) * prime;
    hash ^= hash >> 29;
  }
  for (; at < count; at++) {
    hash = (hash ^ from[at]) * prime;
    hash ^= hash >> 32;
  }
  return hash;
}
