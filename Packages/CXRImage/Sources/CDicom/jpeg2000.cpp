#ifdef CXR_DICOM

#if __has_include(<openjpeg-2.5/openjpeg.h>)
#include <openjpeg-2.5/openjpeg.h>
#else
#include <openjpeg.h>
#endif

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "pixels.h"
#include "refusal.h"

namespace {

/// OpenJPEG keeps several thousand bytes for each tile that a stream claims to have, some four hundred for each precinct,
/// two hundred for each code block, and looks at each precinct once a layer, of which 1,024 are enough.
constexpr uint64_t MOST_TILES = 4096, MOST_PRECINCTS = 1 << 16, MOST_BLOCKS = 1 << 18;

struct Source {
  const uint8_t *bytes;
  size_t count, at;
};

OPJ_SIZE_T read_bytes(void *to, OPJ_SIZE_T count, void *context) {
  auto *source = static_cast<Source *>(context);
  const size_t left = source->count - source->at;
  if (left == 0) return static_cast<OPJ_SIZE_T>(-1);
  const size_t taken = std::min<size_t>(count, left);
  std::memcpy(to, source->bytes + source->at, taken);
  source->at += taken;
  return taken;
}

OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *context) {
  auto *source = static_cast<Source *>(context);
  if (count < 0 || static_cast<size_t>(count) > source->count - source->at) return -1;
  source->at += static_cast<size_t>(count);
  return count;
}

OPJ_BOOL seek_bytes(OPJ_OFF_T place, void *context) {
  auto *source = static_cast<Source *>(context);
  if (place < 0 || static_cast<size_t>(place) > source->count) return OPJ_FALSE;
  source->at = static_cast<size_t>(place);
  return OPJ_TRUE;
}

void keep_error(const char *message, void *context) {
  auto *kept = static_cast<std::string *>(context);
  if (kept->empty()) *kept = message;
  while (!kept->empty() && (kept->back() == '\n' || kept->back() == '.')) kept->pop_back();
}

void ignore(const char *, void *) {}

/// Where the codestream begins: some writers put it into a JP2 file.
size_t start_of(const std::vector<uint8_t> &stream) {
  constexpr uint8_t MARKERS[] = {0xFF, 0x4F, 0xFF, 0x51};
  const auto found =
      std::search(stream.begin(), stream.begin() + static_cast<long>(std::min<size_t>(stream.size(), 4096)),
                  std::begin(MARKERS), std::end(MARKERS));
  const size_t at = static_cast<size_t>(found - stream.begin());
  if (at + 44 > stream.size()) throw Refusal("its pixels are no JPEG 2000 stream");
  return at;
}

/// What the stream says of its size, compared with what the film says, before memory is taken for it.
void check_size(const uint8_t *stream, const PixelForm &form) {
  auto word = [&](size_t at) {
    return static_cast<uint64_t>(stream[at]) << 24 | static_cast<uint64_t>(stream[at + 1]) << 16 |
           static_cast<uint64_t>(stream[at + 2]) << 8 | stream[at + 3];
  };
  const uint64_t right = word(8), bottom = word(12), left = word(16), top = word(20);
  const uint64_t tile_width = word(24), tile_height = word(28), tile_x = word(32), tile_y = word(36);
  const unsigned colours = static_cast<unsigned>(stream[40] << 8 | stream[41]);
  if (right < left || bottom < top || right - left != static_cast<uint64_t>(form.width) ||
      bottom - top != static_cast<uint64_t>(form.height))
    throw Refusal("its JPEG 2000 stream is not of the " + std::to_string(form.width) + " x " +
                  std::to_string(form.height) + " pixels that its header says");
  if (colours != 1) throw Refusal("its JPEG 2000 stream has several colours");
  if (tile_width == 0 || tile_height == 0 || tile_x > left || tile_y > top)
    throw Refusal("the tiles of its JPEG 2000 stream are none");
  const uint64_t tiles = ((right - tile_x + tile_width - 1) / tile_width) *
                         ((bottom - tile_y + tile_height - 1) / tile_height);
  if (tiles > MOST_TILES)
    throw Refusal("its JPEG 2000 stream has " + std::to_string(tiles) + " tiles; up to " +
                  std::to_string(MOST_TILES) + " are read");
}

/// What COD and COC segments say of how a tile is divided (ITU-T T.800, A.6.1 and A.6.2), compared with what memory and time
/// allow.
void check_division(const uint8_t *style, size_t count, bool has_precincts, const PixelForm &form) {
  // Levels, code block's width and height, its style, the transform, and the precincts of each resolution.
  if (count < 5 || style[0] > 32 || style[1] > 8 || style[2] > 8)
    throw Refusal("its JPEG 2000 stream is damaged: its coding style is none");
  const unsigned levels = style[0];
  if (has_precincts && count < 6 + levels) throw Refusal("its JPEG 2000 stream is cut short");
  uint64_t precincts = 0;
  for (unsigned r = 0; r <= levels; r++) {
    const unsigned size = has_precincts ? style[5 + r] : 0xFF;
    // Each resolution is half as wide as the next; at most one more where a tile begins within a precinct.
    auto along = [&](long pixels, unsigned exponent) {
      const uint64_t extent = (static_cast<uint64_t>(pixels) >> (levels - r)) + 1;
      return (extent >> exponent) + 2;
    };
    precincts += along(form.width, size & 15) * along(form.height, size >> 4);
  }
  const uint64_t block = static_cast<uint64_t>(1) << (style[1] + 2 + style[2] + 2);
  const uint64_t blocks =
      static_cast<uint64_t>(form.width) * static_cast<uint64_t>(form.height) / block;
  if (precincts > MOST_PRECINCTS || blocks > MOST_BLOCKS)
    throw Refusal("its JPEG 2000 stream is divided into more parts than a film's");
}

/// Walks the segments of a stream, in its header and in those of its tiles, up to each tile's data.
void check_coding(const uint8_t *stream, size_t count, const PixelForm &form) {
  enum : unsigned { SOT = 0xFF90, SOD = 0xFF93, EOC = 0xFFD9, COD = 0xFF52, COC = 0xFF53 };
  auto pair = [&](size_t at) { return static_cast<unsigned>(stream[at] << 8 | stream[at + 1]); };
  size_t at = 2, tile = 0;
  size_t segments = 0;
  while (at + 4 <= count) {
    const unsigned marker = pair(at);
    if (marker == EOC) return;
    if (marker == SOD) {
      // The tile's data, as long as its header says; to the end where that says nothing.
      const size_t length = static_cast<size_t>(pair(tile + 6)) << 16 | pair(tile + 8);
      if (length == 0 || length > count - tile) return;
      if (tile + length <= at) throw Refusal("its JPEG 2000 stream is damaged: a tile ends before its data");
      at = tile + length;
      continue;
    }
    if (marker < 0xFF00) throw Refusal("its JPEG 2000 stream is damaged");
    if (++segments > 100000) throw Refusal("its JPEG 2000 stream has too many segments");
    const size_t length = pair(at + 2);
    if (length < 2 || length > count - at - 2) return;
    if (marker == SOT) {
      if (length < 10) throw Refusal("its JPEG 2000 stream is damaged");
      tile = at;
    } else if (marker == COD && length >= 12) {
      if (pair(at + 6) > 1024)
        throw Refusal("its JPEG 2000 stream has " + std::to_string(pair(at + 6)) + " layers");
      check_division(stream + at + 9, length - 7, stream[at + 4] & 1, form);
    } else if (marker == COC && length >= 9) {
      check_division(stream + at + 6, length - 4, stream[at + 5] & 1, form);
    }
    at += 2 + length;
  }
}

}  // namespace

std::vector<uint16_t> jpeg2000_values(const std::vector<uint8_t> &stream, const PixelForm &form,
                                      bool is_lossy) {
  const size_t start = start_of(stream);
  check_size(stream.data() + start, form);
  check_coding(stream.data() + start, stream.size() - start, form);
  Source source{stream.data() + start, stream.size() - start, 0};
  std::string error;
  const std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)> codec(
      opj_create_decompress(OPJ_CODEC_J2K), opj_destroy_codec);
  const std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)> reader(
      opj_stream_create(1 << 16, OPJ_TRUE), opj_stream_destroy);
  if (!codec || !reader) throw std::bad_alloc();
  opj_set_error_handler(codec.get(), keep_error, &error);
  opj_set_warning_handler(codec.get(), ignore, nullptr);
  opj_set_info_handler(codec.get(), ignore, nullptr);
  opj_stream_set_read_function(reader.get(), read_bytes);
  opj_stream_set_skip_function(reader.get(), skip_bytes);
  opj_stream_set_seek_function(reader.get(), seek_bytes);
  opj_stream_set_user_data(reader.get(), &source, nullptr);
  opj_stream_set_user_data_length(reader.get(), source.count);
  auto fail = [&]() {
    throw Refusal("its pixels cannot be decoded: " +
                  (error.empty() ? std::string("the JPEG 2000 stream is damaged") : error));
  };
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (!opj_setup_decoder(codec.get(), &parameters)) fail();
  // A stream that ends early is refused, not filled up.
  if (!opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE)) fail();
  opj_image_t *taken = nullptr;
  const bool has_header = opj_read_header(reader.get(), codec.get(), &taken);
  const std::unique_ptr<opj_image_t, void (*)(opj_image_t *)> image(taken, opj_image_destroy);
  if (!has_header || !image) fail();
  if (!opj_decode(codec.get(), reader.get(), image.get()) ||
      !opj_end_decompress(codec.get(), reader.get()))
    fail();
  const size_t count = static_cast<size_t>(form.width) * static_cast<size_t>(form.height);
  if (image->numcomps != 1) fail();
  const opj_image_comp_t &component = image->comps[0];
  if (!component.data || static_cast<size_t>(component.w) * component.h != count ||
      component.w != static_cast<OPJ_UINT32>(form.width))
    throw Refusal("its JPEG 2000 stream is not of the size that its header says");
  if (component.sgnd && !form.is_signed)
    throw Refusal("the values of its JPEG 2000 stream are signed, its header says that they are not");
  const int mask = (1 << form.stored) - 1;
  const int least = component.sgnd ? -(1 << (form.stored - 1)) : 0;
  const int most = component.sgnd ? (1 << (form.stored - 1)) - 1 : mask;
  const unsigned shift = form.high_bit + 1 - form.stored;
  std::vector<uint16_t> values(count);
  for (size_t i = 0; i < count; i++) {
    const int value = component.data[i];
    values[i] = static_cast<uint16_t>(
        (is_lossy && shift == 0 ? std::clamp(value, least, most) : value >> shift) & mask);
  }
  return values;
}

#endif
