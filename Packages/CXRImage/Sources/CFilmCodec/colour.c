// How far films that may have colours are from grey.
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "film_codec.h"

enum { NOTICEABLE = 2 };

static long spread(const uint8_t *pixel) {
  const uint8_t r = pixel[0], g = pixel[1], b = pixel[2];
  const uint8_t most = r > g ? (r > b ? r : b) : (g > b ? g : b);
  const uint8_t least = r < g ? (r < b ? r : b) : (g < b ? g : b);
  return most - least;
}

int film_png_colour_difference(const uint8_t *bytes, size_t count, long *largest, long *differing,
                               long *total) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return 1;
  image.format = PNG_FORMAT_RGBA;
  uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
  if (!pixels || !png_image_finish_read(&image, NULL, pixels, 0, NULL)) {
    png_image_free(&image);
    free(pixels);
    return 1;
  }
  *largest = *differing = 0;
  *total = (long)image.width * (long)image.height;
  for (long k = 0; k < *total; k++) {
    const long found = spread(pixels + 4 * k);
    if (found > *largest) *largest = found;
    if (found > NOTICEABLE) ++*differing;
  }
  free(pixels);
  return 0;
}

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
} jpeg_escape;

static void leave(j_common_ptr info) { longjmp(((jpeg_escape *)info->err)->escape, 1); }

static void say_nothing(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

int film_jpeg_colour_difference(const uint8_t *bytes, size_t count, long *largest, long *differing,
                                long *total) {
  struct jpeg_decompress_struct info;
  jpeg_escape errors;
  uint8_t *volatile row = NULL;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.emit_message = say_nothing;
  if (setjmp(errors.escape)) {
    jpeg_destroy_decompress(&info);
    free(row);
    return 1;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, (unsigned long)count);
  jpeg_read_header(&info, TRUE);
  const int by_difference = info.jpeg_color_space == JCS_YCbCr;
  info.out_color_space = by_difference ? JCS_YCbCr : JCS_RGB;
  jpeg_start_decompress(&info);
  row = malloc((size_t)info.output_width * 3);
  if (!row) leave((j_common_ptr)&info);
  *largest = *differing = 0;
  *total = (long)info.output_width * (long)info.output_height;
  while (info.output_scanline < info.output_height) {
    JSAMPROW target = row;
    if (jpeg_read_scanlines(&info, &target, 1) == 0) leave((j_common_ptr)&info);
    for (size_t x = 0; x < info.output_width; x++) {
      const uint8_t *pixel = row + 3 * x;
      const long blue = labs((long)pixel[1] - 128), red = labs((long)pixel[2] - 128);
      const long found = by_difference ? (blue > red ? blue : red) : spread(pixel);
      if (found > *largest) *largest = found;
      if (found > NOTICEABLE) ++*differing;
    }
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  free(row);
  return 0;
}
