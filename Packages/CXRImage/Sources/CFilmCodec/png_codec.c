#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "film_codec.h"

typedef struct {
  const uint8_t *bytes;
  size_t count, at;
  film_result *result;
} png_source;

static void note_error(png_structp png, png_const_charp message) {
  film_result *result = png_get_error_ptr(png);
  if (result->message[0] == 0) snprintf(result->message, FILM_MESSAGE_SIZE, "%s", message);
  png_longjmp(png, 1);
}

/// The same of a reader, and where it was. Here, not after the jump: a local that changed since setjmp has no certain
/// value there (C11 7.13.2.1), and optimised code has its old one.
static void note_reading_error(png_structp png, png_const_charp message) {
  film_result *result = png_get_error_ptr(png);
  const png_source *source = png_get_io_ptr(png);
  if (source) result->error_offset = (long)source->at;
  note_error(png, message);
}

static void ignore_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep to, size_t count) {
  png_source *source = png_get_io_ptr(png);
  if (count > source->count - source->at) png_error(png, "the file ends early");
  memcpy(to, source->bytes + source->at, count);
  source->at += count;
}

/// The place of a chunk that claims to reach beyond the file, before its end chunk, or 0. libpng takes as much
/// memory as such a chunk claims before it finds the bytes missing; its limit on chunks is only a warning.
static size_t chunk_beyond_end(const uint8_t *bytes, size_t count) {
  enum { SIGNATURE = 8, HEAD = 8, FRAME = 12 };
  for (size_t at = SIGNATURE; at + HEAD <= count;) {
    const size_t size = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                        (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (count - at < FRAME || size > count - at - FRAME) return at;
    if (memcmp(bytes + at + 4, "IEND", 4) == 0) break;
    at += FRAME + size;
  }
  return 0;
}

int film_decode_png(const uint8_t *bytes, size_t count, int deep, film_allocate allocate,
                    void *context, film_result *result) {
  memset(result, 0, sizeof *result);
  const size_t lie = chunk_beyond_end(bytes, count);
  if (lie > 0) {
    snprintf(result->message, FILM_MESSAGE_SIZE, "the file ends early");
    result->error_offset = (long)lie;
    return 1;
  }
  png_source source = {bytes, count, 0, result};
  png_bytep *volatile rows = NULL;
  png_infop info = NULL;
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, result, note_reading_error, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(result->message, FILM_MESSAGE_SIZE, "libpng has no memory");
    png_destroy_read_struct(&png, NULL, NULL);
    return 1;
  }
  if (setjmp(png_jmpbuf(png))) {
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  // Text chunks may unpack to at most this much, and there may be at most this many.
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_chunk_cache_max(png, 1000);
  png_set_user_limits(png, 1 << 20, 1 << 20);
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);

  const long width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  result->width = width;
  result->height = height;
  const int colour = png_get_color_type(png, info);
  const int is_deep = deep && png_get_bit_depth(png, info) == 16;
  if (is_deep) {
    const uint16_t one = 1;
    if (*(const uint8_t *)&one == 1) png_set_swap(png);
  } else if (png_get_bit_depth(png, info) == 16) {
    png_set_strip_16(png);
  }
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);
  // ITU-R 601 luma; libpng makes whole 15-bit numbers of these, and minds gAMA and sRGB chunks.
  if (colour & PNG_COLOR_MASK_COLOR) png_set_rgb_to_gray(png, PNG_ERROR_ACTION_NONE, 0.299, 0.587);
  png_set_interlace_handling(png);

  const int size = is_deep ? 2 : 1;
  uint8_t *pixels = allocate(context, width, height, size);
  if (!pixels) {
    snprintf(result->message, FILM_MESSAGE_SIZE, "%ld x %ld pixels are over the limit", width,
             height);
    result->error_offset = -1;
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != (size_t)(width * size)) png_error(png, "unexpected row size");
  rows = malloc(sizeof(png_bytep) * (size_t)height);
  if (!rows) png_error(png, "no memory");
  for (long y = 0; y < height; y++) rows[y] = pixels + y * width * size;
  png_read_image(png, rows);
  png_read_end(png, info);
  free(rows);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} png_sink;

static void write_bytes(png_structp png, png_bytep from, size_t count) {
  png_sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) {
    const size_t capacity = 2 * (sink->capacity + count);
    uint8_t *larger = realloc(sink->bytes, capacity);
    if (!larger) png_error(png, "no memory");
    sink->bytes = larger;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, from, count);
  sink->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

uint8_t *film_encode_png(const uint8_t *pixels, long width, long height, int channels, int level,
                         size_t *count, film_result *result) {
  memset(result, 0, sizeof *result);
  png_sink sink = {NULL, 0, 0};
  png_sink *volatile kept = &sink;
  png_infop info = NULL;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, result, note_error, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(result->message, FILM_MESSAGE_SIZE, "libpng has no memory");
    png_destroy_write_struct(&png, NULL);
    return NULL;
  }
  if (setjmp(png_jmpbuf(png))) {
    free(kept->bytes);
    png_destroy_write_struct(&png, &info);
    return NULL;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
               channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (long y = 0; y < height; y++) png_write_row(png, pixels + y * width * channels);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *count = sink.count;
  return sink.bytes;
}
