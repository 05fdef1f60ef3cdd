// PNG and JPEG to 8-bit grey and back, with every library error turned into a code and a message:
// no longjmp leaves this file's functions.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { FILM_MESSAGE_SIZE = 256 };

typedef struct {
  long width, height;
  /// Bytes of the input taken when an error was found, or -1 where that is unknown.
  long error_offset;
  char message[FILM_MESSAGE_SIZE];
} film_result;

/// Memory for `width * height` pixels, or NULL to stop. Called once, after the size is known and
/// before anything large is allocated.
typedef uint8_t *(*film_allocate)(void *context, long width, long height);

/// Both return 0, or nonzero with a message.
int film_decode_png(const uint8_t *bytes, size_t count, film_allocate allocate, void *context,
                    film_result *result);
int film_decode_jpeg(const uint8_t *bytes, size_t count, int fast_dct, film_allocate allocate,
                     void *context, film_result *result);

/// Compresses grey pixels; the result is malloc'ed and the caller's to free. NULL with a message.
uint8_t *film_encode_png(const uint8_t *pixels, long width, long height, int level, size_t *count,
                         film_result *result);
uint8_t *film_encode_jpeg(const uint8_t *pixels, long width, long height, int quality,
                          size_t *count, film_result *result);

/// Output pixel (column i, row j) from input position (x0 i + x1 j + x2, y0 i + y1 j + y2), mirrored at the
/// film's edges, bilinear. Both films are [height, width], at most 46,340 pixels a side.
void film_resample(const float *input, long height, long width, const float x[3], const float y[3],
                  float *output);
