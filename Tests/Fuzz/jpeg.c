// Any bytes as a JPEG film: an answer or a refusal.
#include <stdlib.h>

#include "film_codec.h"

enum { MOST_PIXELS = 1 << 18 };

static void *take(void *context, long width, long height, int bytes) {
  if (width <= 0 || height <= 0 || width > MOST_PIXELS / height) return NULL;
  return *(void **)context = calloc((size_t)(width * height), (size_t)bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  film_result result;
  for (int fast = 0; fast < 2; fast++) {
    void *pixels = NULL;
    const int refused = film_decode_jpeg(bytes, count, fast, take, &pixels, &result);
    free(pixels);
    long largest, differing, total;
    if (!refused) film_jpeg_colour_difference(bytes, count, &largest, &differing, &total);
  }
  return 0;
}
