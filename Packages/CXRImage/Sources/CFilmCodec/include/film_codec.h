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

/// Memory for `width * height` pixels of `bytes` bytes each, or NULL to stop. Called once, after the size is
/// known and before anything large is allocated.
typedef void *(*film_allocate)(void *context, long width, long height, int bytes);

/// The size that the header of an 8-bit grey PNG without interlacing gives, and 1; 0 for any other file.
int film_plain_png_size(const uint8_t *bytes, size_t count, long *width, long *height);
/// Decodes such a file to `width * height` pixels, and gives 1. 0 where the file is not exactly as both
/// libdeflate and libpng accept it: ask libpng then.
int film_decode_plain_png(const uint8_t *bytes, size_t count, uint8_t *pixels);
/// The checksum of a PNG chunk's name and data.
uint32_t film_crc32(const uint8_t *bytes, size_t count);

/// Both return 0, or nonzero with a message.
/// PNG of 16 bits gives its upper 8, or where `deep` is nonzero all of them, 2 bytes a pixel.
int film_decode_png(const uint8_t *bytes, size_t count, int deep, film_allocate allocate,
                    void *context, film_result *result);
int film_decode_jpeg(const uint8_t *bytes, size_t count, int fast_dct, film_allocate allocate,
                     void *context, film_result *result);

/// How far a film that was decoded before is from grey: the largest difference between two colours of a pixel
/// (of JPEG, of a colour difference from its middle), and how many of `total` pixels differ by more than 2.
/// 0, or nonzero where it cannot be decoded.
int film_png_colour_difference(const uint8_t *bytes, size_t count, long *largest, long *differing,
                               long *total);
int film_jpeg_colour_difference(const uint8_t *bytes, size_t count, long *largest, long *differing,
                                long *total);

/// Compresses pixels of 1 channel (grey) or 3 (red, green, blue); the result is malloc'ed and the caller's to free. NULL with a message.
uint8_t *film_encode_png(const uint8_t *pixels, long width, long height, int channels, int level,
                         size_t *count, film_result *result);
uint8_t *film_encode_jpeg(const uint8_t *pixels, long width, long height, int channels, int quality,
                          size_t *count, film_result *result);

/// Output pixel (column i, row j) from input position (x0 i + x1 j + x2, y0 i + y1 j + y2), mirrored at the
/// film's edges, bilinear. Both films are [height, width], at most 46,340 pixels a side.
void film_resample(const float *input, long height, long width, const float x[3], const float y[3],
                  float *output);

/// The same twice, in place: `first` and `second` are x and y. 0 without memory.
int film_resample_twice(float *pixels, long height, long width, const float first[6],
                        const float second[6]);

/// A row of a resized film: between `top` and `bottom` at `fraction`, and between their pixels `left[x]` and
/// `right[x]` at `fractions[x]`.
void film_resize_row(const uint8_t *top, const uint8_t *bottom, float fraction, const int32_t *left,
                     const int32_t *right, const float *fractions, long count, float *to);

/// Grey levels to whole 1/256 of a level, halves up, and to whole levels; beyond the range, the nearest end.
void film_store_fixed16(const float *levels, long count, uint16_t *to);
void film_store_uint8(const float *levels, long count, uint8_t *to);
/// (value * unit - mean) / deviation.
void film_standardise_fixed16(const uint16_t *from, long count, float mean, float deviation, float *to);
void film_standardise_uint8(const uint8_t *from, long count, float mean, float deviation, float *to);
void film_standardise_float32(const float *from, long count, float mean, float deviation, float *to);
/// The exact sum and sum of squares of up to 2^31 stored values.
void film_sums_fixed16(const uint16_t *from, long count, uint64_t *sum, uint64_t *squares);
void film_sums_uint8(const uint8_t *from, long count, uint64_t *sum, uint64_t *squares);
/// A checksum that finds flipped, missing and exchanged bytes; not made against malice.
uint64_t film_checksum(const void *bytes, size_t count);
