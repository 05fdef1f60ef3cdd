#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "film_codec.h"

/// A progressive file may hold any number of scans; real ones have about ten.
enum { MOST_SCANS = 200 };

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  film_result *result;
  /// Of the file that is read, in bytes.
  size_t count;
} jpeg_errors;

/// Where a reader is, noted before the jump: a local that changed since setjmp has no certain value after it (C11
/// 7.13.2.1), and optimised code has its old one.
static void note_place(j_common_ptr info) {
  const jpeg_errors *errors = (jpeg_errors *)info->err;
  if (!info->is_decompressor) return;
  const struct jpeg_source_mgr *source = ((j_decompress_ptr)info)->src;
  if (source) errors->result->error_offset = (long)(errors->count - source->bytes_in_buffer);
}

static void note_error(j_common_ptr info) {
  jpeg_errors *errors = (jpeg_errors *)info->err;
  if (errors->result->message[0] == 0) {
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(errors->result->message, FILM_MESSAGE_SIZE, "%s", text);
  }
  note_place(info);
  longjmp(errors->escape, 1);
}

static void fail(j_common_ptr info, const char *message) {
  jpeg_errors *errors = (jpeg_errors *)info->err;
  snprintf(errors->result->message, FILM_MESSAGE_SIZE, "%s", message);
  note_place(info);
  longjmp(errors->escape, 1);
}

static void ignore_message(j_common_ptr info, int level) {
  (void)level;
  if (level < 0) info->err->num_warnings++;
}

static void start_source(j_decompress_ptr info) { (void)info; }

static boolean end_of_file(j_decompress_ptr info) {
  fail((j_common_ptr)info, "the file ends early");
  return FALSE;
}

static void skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((size_t)count > info->src->bytes_in_buffer)
    fail((j_common_ptr)info, "the file ends early");
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static void count_scans(j_common_ptr info) {
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > MOST_SCANS)
    fail(info, "too many scans");
}

int film_decode_jpeg(const uint8_t *bytes, size_t count, int fast_dct, film_allocate allocate,
                     void *context, film_result *result) {
  memset(result, 0, sizeof *result);
  struct jpeg_decompress_struct info;
  jpeg_errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  memset(&info, 0, sizeof info);
  memset(&progress, 0, sizeof progress);
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = note_error;
  errors.base.emit_message = ignore_message;
  errors.result = result;
  errors.count = count;
  source.next_input_byte = bytes;
  source.bytes_in_buffer = count;
  if (setjmp(errors.escape)) {
    jpeg_destroy_decompress(&info);
    return 1;
  }
  jpeg_create_decompress(&info);
  source.init_source = start_source;
  source.fill_input_buffer = end_of_file;
  source.skip_input_data = skip;
  source.resync_to_restart = jpeg_resync_to_restart;
  source.term_source = start_source;
  info.src = &source;
  progress.progress_monitor = count_scans;
  info.progress = &progress;

  jpeg_read_header(&info, TRUE);
  result->width = (long)info.image_width;
  result->height = (long)info.image_height;
  if (info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK)
    fail((j_common_ptr)&info, "it is a CMYK file; convert it to grey or colour");
  info.out_color_space = JCS_GRAYSCALE;
  info.dct_method = fast_dct ? JDCT_IFAST : JDCT_ISLOW;
  uint8_t *pixels = allocate(context, result->width, result->height, 1);
  if (!pixels) {
    result->error_offset = -1;
    snprintf(result->message, FILM_MESSAGE_SIZE, "%ld x %ld pixels are over the limit",
             result->width, result->height);
    longjmp(errors.escape, 1);
  }
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels + (size_t)info.output_scanline * info.output_width;
    if (jpeg_read_scanlines(&info, &row, 1) == 0)
      fail((j_common_ptr)&info, "the file ends early");
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return 0;
}

uint8_t *film_encode_jpeg(const uint8_t *pixels, long width, long height, int channels, int quality,
                          size_t *count, film_result *result) {
  memset(result, 0, sizeof *result);
  struct jpeg_compress_struct info;
  jpeg_errors errors;
  unsigned char *volatile bytes = NULL;
  unsigned long size = 0;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = note_error;
  errors.result = result;
  if (setjmp(errors.escape)) {
    jpeg_destroy_compress(&info);
    free(bytes);
    return NULL;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, (unsigned char **)&bytes, &size);
  info.image_width = (JDIMENSION)width;
  info.image_height = (JDIMENSION)height;
  info.input_components = channels;
  info.in_color_space = channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)info.next_scanline * (size_t)(width * channels));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  *count = size;
  return bytes;
}
