// Any bytes as a PNG film: an answer or a refusal, and the fast path agrees with libpng.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "film_codec.h"

enum { MOST_PIXELS = 1 << 18 };

typedef struct {
  uint8_t *pixels;
  long width, height;
} target;

static void *take(void *context, long width, long height, int bytes) {
  target *into = context;
  if (width <= 0 || height <= 0 || width > MOST_PIXELS / height) return NULL;
  into->width = width;
  into->height = height;
  return into->pixels = calloc((size_t)(width * height), (size_t)bytes);
}

static void fail(const char *what) {
  fprintf(stderr, "the fast path %s\n", what);
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  film_result result;
  target deep = {0}, slow = {0};
  film_decode_png(bytes, count, 1, take, &deep, &result);
  free(deep.pixels);
  const int refused = film_decode_png(bytes, count, 0, take, &slow, &result);
  long width, height;
  if (film_plain_png_size(bytes, count, &width, &height) && width <= MOST_PIXELS / height) {
    const size_t size = (size_t)(width * height);
    uint8_t *fast = malloc(size);
    if (film_decode_plain_png(bytes, count, fast)) {
      if (refused) fail("takes what libpng refuses");
      if (slow.width != width || slow.height != height) fail("sees another size");
      if (memcmp(fast, slow.pixels, size) != 0) fail("sees other pixels");
    }
    free(fast);
  }
  long largest, differing, total;
  if (!refused) film_png_colour_difference(bytes, count, &largest, &differing, &total);
  free(slow.pixels);
  return 0;
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t most);

/// Mutates, then puts every chunk's checksum right, so that mutations reach what lies behind it.
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t most, unsigned seed) {
  count = LLVMFuzzerMutate(bytes, count, most);
  if (seed % 4 == 0) return count;
  size_t at = 8;
  while (at + 12 <= count) {
    const size_t size = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                        (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (size > count - at - 12) break;
    const uint32_t sum = film_crc32(bytes + at + 4, 4 + size);
    for (int i = 0; i < 4; i++) bytes[at + 8 + size + i] = (uint8_t)(sum >> (24 - 8 * i));
    at += 12 + size;
  }
  return count;
}
