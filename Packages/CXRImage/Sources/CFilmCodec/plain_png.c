// The commonest film, an 8-bit grey PNG without interlacing, in a third of libpng's time: libdeflate inflates
// the whole stream at once, and filters are undone for sixteen rows side by side. Whatever is not exactly
// what both libraries accept is left to libpng, so that it alone refuses files.
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "film_codec.h"
#include "scratch.h"

enum { SIGNATURE_SIZE = 8, CHUNK_FRAME = 12, HEADER_SIZE = 13, MOST_PIXELS_A_SIDE = 1 << 20 };
/// libpng refuses larger chunks (png_set_chunk_malloc_max), and counts the others.
enum { LARGEST_DATA = 8 << 20, LARGEST_NOTE = 8192, MOST_NOTES = 100 };
/// No deflate stream unpacks to more than this times its size.
enum { LARGEST_EXPANSION = 1032 };

static uint32_t big_endian(const uint8_t *from) {
  return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

uint32_t film_crc32(const uint8_t *bytes, size_t count) { return libdeflate_crc32(0, bytes, count); }

typedef struct {
  const uint8_t *data;
  uint32_t size;
  char name[4];
} chunk;

/// The chunk at `at`, whole and with the right checksum, or false.
static int read_chunk(const uint8_t *bytes, size_t count, size_t at, chunk *found) {
  if (at > count || count - at < CHUNK_FRAME) return 0;
  found->size = big_endian(bytes + at);
  if (found->size > count - at - CHUNK_FRAME) return 0;
  memcpy(found->name, bytes + at + 4, 4);
  found->data = bytes + at + 8;
  return film_crc32(bytes + at + 4, 4 + (size_t)found->size) == big_endian(found->data + found->size);
}

static int is(const chunk *found, const char *name) { return memcmp(found->name, name, 4) == 0; }

/// Chunks that change no grey film's pixels and never stop libpng.
static int is_note(const chunk *found) {
  static const char names[][5] = {"tIME", "tEXt", "pHYs", "gAMA", "sRGB", "cHRM", "bKGD", "sBIT"};
  if (found->size > LARGEST_NOTE) return 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (is(found, names[i])) return 1;
  return 0;
}

int film_plain_png_size(const uint8_t *bytes, size_t count, long *width, long *height) {
  static const uint8_t start[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  chunk header;
  if (count < SIGNATURE_SIZE || memcmp(bytes, start, SIGNATURE_SIZE) != 0 ||
      !read_chunk(bytes, count, SIGNATURE_SIZE, &header) || !is(&header, "IHDR") ||
      header.size != HEADER_SIZE)
    return 0;
  const uint32_t columns = big_endian(header.data), rows = big_endian(header.data + 4);
  static const uint8_t grey[] = {8, 0, 0, 0, 0};
  if (columns == 0 || rows == 0 || columns > MOST_PIXELS_A_SIDE || rows > MOST_PIXELS_A_SIDE ||
      memcmp(header.data + 8, grey, sizeof grey) != 0)
    return 0;
  *width = (long)columns;
  *height = (long)rows;
  return 1;
}

/// Whether every distance that a stream may use lies within the window that its header declares: zlib
/// refuses farther ones, libdeflate follows them.
static int has_wide_window(uint8_t header, size_t raw_size) {
  return header == 0x78 ||
         ((header & 15) == 8 && header >> 4 < 7 && raw_size <= (size_t)256 << (header >> 4));
}

/// The compressed stream of all data chunks: a place in `bytes` where there is one chunk, else a copy, which
/// `*copy` owns. NULL where the file is not plain.
static const uint8_t *compressed_stream(const uint8_t *bytes, size_t count, size_t *size,
                                        uint8_t **copy) {
  size_t at = SIGNATURE_SIZE + CHUNK_FRAME + HEADER_SIZE, total = 0;
  size_t first = 0, pieces = 0, notes = 0;
  int data_ended = 0;
  chunk found;
  for (;; at += CHUNK_FRAME + found.size) {
    if (!read_chunk(bytes, count, at, &found)) return NULL;
    if (is(&found, "IDAT")) {
      if (data_ended || found.size == 0 || found.size > LARGEST_DATA) return NULL;
      if (pieces++ == 0) first = at;
      total += found.size;
      continue;
    }
    data_ended = pieces > 0;
    if (is(&found, "IEND")) break;
    if (!is_note(&found) || ++notes > MOST_NOTES) return NULL;
  }
  if (found.size != 0 || pieces == 0) return NULL;
  *size = total;
  if (pieces == 1) return bytes + first + 8;
  uint8_t *joined = malloc(total);
  if (!joined) return NULL;
  size_t written = 0;
  for (at = first; pieces > 0; pieces--, at += CHUNK_FRAME + found.size) {
    found.size = big_endian(bytes + at);
    memcpy(joined + written, bytes + at + 8, found.size);
    written += found.size;
  }
  return *copy = joined;
}

enum { LANES = 16 };
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static inline __attribute__((always_inline)) lanes load(const uint8_t *from) {
  lanes value;
  memcpy(&value, from, LANES);
  return value;
}

/// The bytes `first..<last` of sixteen, the others 0.
static lanes load_part(const uint8_t *from, long first, long last) {
  lanes value = {0};
  for (long s = first > 0 ? first : 0; s < LANES && s < last; s++) value[s] = from[s];
  return value;
}

static void store_part(uint8_t *to, long first, long last, lanes value) {
  for (long s = first > 0 ? first : 0; s < LANES && s < last; s++) to[s] = value[s];
}

/// Sixteen vectors as the columns of what they were the rows of: four riffles.
static inline __attribute__((always_inline)) void transpose(lanes rows[LANES]) {
  lanes other[LANES];
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < LANES / 2; i++) {
      const lanes a = rows[i], b = rows[i + LANES / 2];
      other[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                             7, 23);
      other[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                 14, 30, 15, 31);
    }
    memcpy(rows, other, sizeof other);
  }
}

static inline __attribute__((always_inline)) lanes distance(lanes a, lanes b) {
  return __builtin_elementwise_max(a, b) - __builtin_elementwise_min(a, b);
}

static inline __attribute__((always_inline)) lanes choose(lanes mask, lanes yes, lanes no) {
  return (mask & yes) | (~mask & no);
}

/// PNG's nearest of left a, above b and upper left c to a + b - c, in bytes: the distances to a and b are
/// |b - c| and |a - c|; that to c is their sum where b and a lie on one side of c, and at least as large as
/// either then; else their difference.
static inline __attribute__((always_inline)) lanes paeth(lanes a, lanes b, lanes c) {
  const lanes pa = distance(b, c), pb = distance(a, c);
  const lanes same_side = (lanes)(b >= c) ^ ~(lanes)(a >= c);
  const lanes pc = distance(pa, pb) | same_side;
  return choose((lanes)(pa <= pb) & (lanes)(pa <= pc), a, choose((lanes)(pb <= pc), b, c));
}

/// Undoes the filters of sixteen rows at once. A pixel needs its left, upper and upper left neighbour, so
/// lane k, which is row k, works k columns behind lane 0: then the row above it is one step ahead.
CLONES
static void unfilter_rows(const uint8_t *raw, uint8_t *pixels, long width, const uint8_t *above) {
  const long stride = width + 1;
  lanes sub = {0}, up = {0}, average = {0}, nearest = {0};
  for (int k = 0; k < LANES; k++) {
    const uint8_t filter = raw[k * stride];
    sub[k] = filter == 1 ? 0xFF : 0;
    up[k] = filter == 2 ? 0xFF : 0;
    average[k] = filter == 3 ? 0xFF : 0;
    nearest[k] = filter == 4 ? 0xFF : 0;
  }
  lanes a = {0}, c = {0};
  for (long start = 0; start < width + LANES - 1; start += LANES) {
    lanes block[LANES];
    // Row k's bytes of this step begin k columns before row 0's.
    const uint8_t *from = raw + 1 + start;
    uint8_t *to = pixels + start;
    const int is_whole = start >= LANES && start + LANES <= width;
    if (is_whole) {
      for (int k = 0; k < LANES; k++, from += width) block[k] = load(from);
    } else {
      for (int k = 0; k < LANES; k++, from += width) block[k] = load_part(from, k - start, width + k - start);
    }
    transpose(block);
    for (int s = 0; s < LANES; s++) {
      const lanes b = __builtin_shufflevector(load(above + start + s), a, 15, 16, 17, 18, 19, 20,
                                              21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const lanes mean = (a & b) + ((a ^ b) >> 1);
      a = block[s] + ((a & sub) | (b & up) | (mean & average) | (paeth(a, b, c) & nearest));
      block[s] = a;
      c = b;
    }
    transpose(block);
    if (is_whole) {
      for (int k = 0; k < LANES; k++, to += width - 1) memcpy(to, &block[k], LANES);
    } else {
      for (int k = 0; k < LANES; k++, to += width - 1)
        store_part(to, k - start, width + k - start, block[k]);
    }
  }
}

/// Undoes the filter of one row.
static void unfilter_row(const uint8_t *raw, uint8_t *pixels, long width, const uint8_t *above) {
  const uint8_t filter = *raw++;
  int left = 0, corner = 0;
  for (long x = 0; x < width; x++) {
    const int b = above[x];
    int guess = 0;
    switch (filter) {
      case 1: guess = left; break;
      case 2: guess = b; break;
      case 3: guess = (left + b) / 2; break;
      case 4: {
        const int pa = abs(b - corner), pb = abs(left - corner), pc = abs(left + b - 2 * corner);
        guess = pa <= pb && pa <= pc ? left : pb <= pc ? b : corner;
      }
    }
    left = pixels[x] = (uint8_t)(raw[x] + guess);
    corner = b;
  }
}

/// `above` is scratch of `LANES - 1 + width + 2 * LANES` bytes, zero.
static void unfilter(const uint8_t *raw, uint8_t *pixels, long width, long height, uint8_t *above) {
  const long stride = width + 1;
  uint8_t *const upper = above + LANES - 1;
  long row = 0;
  for (; row + LANES <= height; row += LANES) {
    if (row > 0) memcpy(upper, pixels + (row - 1) * width, (size_t)width);
    unfilter_rows(raw + row * stride, pixels + row * width, width, above);
  }
  for (; row < height; row++) {
    const uint8_t *over = row > 0 ? pixels + (row - 1) * width : upper;
    unfilter_row(raw + row * stride, pixels + row * width, width, over);
  }
}

int film_decode_plain_png(const uint8_t *bytes, size_t count, uint8_t *pixels) {
  long width, height;
  if (!film_plain_png_size(bytes, count, &width, &height)) return 0;
  uint8_t *copy = NULL;
  size_t size = 0;
  const uint8_t *stream = compressed_stream(bytes, count, &size, &copy);
  const size_t raw_size = (size_t)(width + 1) * (size_t)height;
  int done = stream && size >= 6 && has_wide_window(stream[0], raw_size) &&
             raw_size / LARGEST_EXPANSION <= size;
  uint8_t *raw = done ? film_scratch(raw_size) : NULL;
  uint8_t *above = raw ? calloc(1, (size_t)width + 3 * LANES) : NULL;
  struct libdeflate_decompressor *inflater = above ? libdeflate_alloc_decompressor() : NULL;
  done = 0;
  if (inflater) {
    size_t taken = 0;
    done = libdeflate_zlib_decompress_ex(inflater, stream, size, raw, raw_size, &taken, NULL) ==
               LIBDEFLATE_SUCCESS &&
           taken == size;
    for (long row = 0; done && row < height; row++)
      done = raw[(size_t)row * (size_t)(width + 1)] <= 4;
    if (done) unfilter(raw, pixels, width, height, above);
    libdeflate_free_decompressor(inflater);
  }
  free(above);
  film_trim_scratch();
  free(copy);
  return done;
}
