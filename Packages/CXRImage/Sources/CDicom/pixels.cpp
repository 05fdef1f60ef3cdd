#ifdef CXR_DICOM

#include "pixels.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <string>

#include "refusal.h"
#include "warnings.h"

namespace {

enum class Coding { native, rle, jpeg, jpeg_lossless, jpeg_ls, jpeg2000, other };

struct Syntax {
  const char *uid;
  Coding coding;
  bool is_lossy;
};

constexpr Syntax SYNTAXES[] = {
    {UID_LittleEndianImplicitTransferSyntax, Coding::native, false},
    {UID_LittleEndianExplicitTransferSyntax, Coding::native, false},
    {UID_BigEndianExplicitTransferSyntax, Coding::native, false},
    {UID_DeflatedExplicitVRLittleEndianTransferSyntax, Coding::native, false},
    {UID_RLELosslessTransferSyntax, Coding::rle, false},
    {UID_JPEGProcess1TransferSyntax, Coding::jpeg, true},
    {UID_JPEGProcess2_4TransferSyntax, Coding::jpeg, true},
    {UID_JPEGProcess14TransferSyntax, Coding::jpeg_lossless, false},
    {UID_JPEGProcess14SV1TransferSyntax, Coding::jpeg_lossless, false},
    {UID_JPEGLSLosslessTransferSyntax, Coding::jpeg_ls, false},
    {UID_JPEGLSLossyTransferSyntax, Coding::jpeg_ls, true},
    {UID_JPEG2000LosslessOnlyTransferSyntax, Coding::jpeg2000, false},
    {UID_JPEG2000TransferSyntax, Coding::jpeg2000, true},
};

Syntax syntax_of(const Structure &structure) {
  for (const Syntax &syntax : SYNTAXES)
    if (structure.syntax == syntax.uid) return syntax;
  return {"", Coding::other, false};
}

std::vector<uint8_t> joined(const std::vector<Span> &fragments) {
  std::vector<uint8_t> stream;
  for (const Span &fragment : fragments)
    stream.insert(stream.end(), fragment.bytes, fragment.bytes + fragment.count);
  return stream;
}

[[noreturn]] void cut_short() {
  throw Refusal("its compressed pixels are cut short; is the file whole?");
}

std::vector<uint16_t> native_values(const Structure &structure, const PixelForm &form) {
  const size_t count = static_cast<size_t>(form.width) * static_cast<size_t>(form.height);
  const Span pixels = structure.pixels;
  const size_t needed = count * (form.allocated / 8);
  if (pixels.count < needed)
    throw Refusal("it has fewer pixels than its header says; is the file whole?");
  // A few bytes may fill it up; as much again is something else.
  if (pixels.count >= 2 * needed && pixels.count - needed > 2)
    throw Refusal("it has " + std::to_string(pixels.count / needed) +
                  " times the pixels that its header says");
  std::vector<uint16_t> values(count);
  const uint8_t *from = pixels.bytes;
  if (form.allocated == 8) {
    const bool is_swapped = structure.is_big_endian && structure.pixels_are_words &&
                            pixels.count >= count + count % 2;
    for (size_t i = 0; i < count; i++) values[i] = from[is_swapped ? i ^ 1 : i];
  } else {
    const size_t low = structure.is_big_endian ? 1 : 0;
    for (size_t i = 0; i < count; i++)
      values[i] = static_cast<uint16_t>(from[2 * i + low] | from[2 * i + 1 - low] << 8);
  }
  return values;
}

/// DICOM's run lengths (PS3.5, annex G): a segment for each byte of a pixel, the upper one first.
std::vector<uint16_t> run_length_values(const std::vector<uint8_t> &stream, const PixelForm &form) {
  const size_t count = static_cast<size_t>(form.width) * static_cast<size_t>(form.height);
  const size_t planes = form.allocated / 8;
  auto word = [&](size_t at) {
    return static_cast<size_t>(stream[at] | stream[at + 1] << 8 | stream[at + 2] << 16) |
           static_cast<size_t>(stream[at + 3]) << 24;
  };
  constexpr size_t TABLE = 64;
  if (stream.size() < TABLE) cut_short();
  if (word(0) != planes)
    throw Refusal("its run lengths are in " + std::to_string(word(0)) + " segments instead of " +
                  std::to_string(planes));
  std::vector<uint16_t> values(count);
  for (size_t plane = 0; plane < planes; plane++) {
    size_t at = word(4 + 4 * plane);
    const size_t end = plane + 1 < planes ? word(8 + 4 * plane) : stream.size();
    if (at < TABLE || end > stream.size() || at >= end)
      throw Refusal("the segments of its run lengths do not follow one another");
    const unsigned shift = static_cast<unsigned>(8 * (planes - 1 - plane));
    size_t written = 0;
    while (written < count) {
      if (at >= end) cut_short();
      const unsigned code = stream[at++];
      if (code == 128) continue;
      const size_t length = std::min<size_t>(code < 128 ? code + 1 : 257 - code, count - written);
      const size_t needed = code < 128 ? length : 1;
      if (needed > end - at) cut_short();
      for (size_t k = 0; k < length; k++)
        values[written++] |= static_cast<uint16_t>(stream[at + (code < 128 ? k : 0)] << shift);
      at += code < 128 ? code + 1 : 1;
    }
  }
  return values;
}

/// Tables, restart intervals, applications' data and comments, which may stand before a frame, each with its length.
bool may_precede_frame(unsigned marker, Coding coding) {
  return marker == 0xC4 || marker == 0xCC || marker == 0xDB || marker == 0xDD ||
         (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE ||
         (marker == 0xF8 && coding == Coding::jpeg_ls);
}

/// What a JPEG or JPEG-LS stream says of itself, compared with what the film says; so that no decoder makes up rows, or
/// takes memory for others. All of it stands in the first fragment, where DCMTK 3.6.7 looks for it, and nothing before it
/// is without a length: of a TEM marker there DCMTK never finds the end.
void check_jpeg(const std::vector<Span> &fragments, const PixelForm &form, Coding coding) {
  const std::vector<uint8_t> stream = joined(fragments);
  const size_t first = fragments.front().count;
  auto pair = [&](size_t at) { return stream[at] << 8 | stream[at + 1]; };
  if (stream.size() < 4 || pair(0) != 0xFFD8) throw Refusal("its pixels are no JPEG stream");
  size_t at = 2;
  for (;;) {
    if (at + 4 > stream.size()) cut_short();
    if (stream[at] != 0xFF) throw Refusal("the header of its JPEG stream is damaged");
    const unsigned marker = stream[at + 1];
    const bool is_frame =
        marker == 0xF7 || (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
                           marker != 0xCC);
    if (is_frame) {
      if (at + 10 > stream.size()) cut_short();
      if (at + 10 > first)
        throw Refusal("the header of its JPEG stream is spread over several fragments");
      const bool is_right = coding == Coding::jpeg_ls         ? marker == 0xF7
                            : coding == Coding::jpeg_lossless ? marker == 0xC3
                                                              : marker == 0xC0 || marker == 0xC1;
      if (!is_right)
        throw Refusal("its JPEG stream is not of the kind that its transfer syntax says");
      const long precision = stream[at + 4], height = pair(at + 5), width = pair(at + 7);
      if (width != form.width || height != form.height)
        throw Refusal("its JPEG stream is of " + std::to_string(width) + " x " +
                      std::to_string(height) + " pixels, its header says " +
                      std::to_string(form.width) + " x " + std::to_string(form.height));
      if (stream[at + 9] != 1) throw Refusal("its JPEG stream has several colours");
      if (precision > static_cast<long>(form.allocated))
        throw Refusal("its JPEG stream has more bits than its header says");
      break;
    }
    if (marker == 0xDA || marker == 0xD9)
      throw Refusal("its JPEG stream does not say its size before its pixels");
    if (!may_precede_frame(marker, coding) || pair(at + 2) < 2)
      throw Refusal("the header of its JPEG stream is damaged");
    at += 2 + static_cast<size_t>(pair(at + 2));
  }
  // A decoder takes a stream that ends early for one whose last rows are grey. Fill bytes may follow its end.
  size_t end = stream.size();
  while (end > 2 && (stream[end - 1] == 0 || stream[end - 1] == 0xFF)) end--;
  if (pair(end - 2) != 0xFFD9) cut_short();
}

std::vector<uint16_t> dcmtk_values(const Structure &structure, const PixelForm &form) {
  std::vector<uint8_t> film = structure.header;
  film.insert(film.end(), structure.pixel_element.bytes,
              structure.pixel_element.bytes + structure.pixel_element.count);
  DcmInputBufferStream stream;
  stream.setBuffer(film.data(), static_cast<offile_off_t>(film.size()));
  stream.setEos();
  DcmDataset set;
  const DcmXfer syntax(structure.syntax.c_str());
  set.transferInit();
  const OFCondition found = set.read(stream, syntax.getXfer(), EGL_noChange);
  set.transferEnd();
  if (found.bad()) throw Refusal(std::string("its structure is damaged: ") + found.text());
  decoder_warning().clear();
  const OFCondition decoded = set.chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  if (decoded.bad())
    throw Refusal(std::string("its pixels cannot be decoded: ") + decoded.text());
  if (!decoder_warning().empty())
    throw Refusal("its pixels cannot be decoded: " + decoder_warning());
  const size_t count = static_cast<size_t>(form.width) * static_cast<size_t>(form.height);
  std::vector<uint16_t> values(count);
  const Uint8 *bytes = nullptr;
  const Uint16 *words = nullptr;
  unsigned long length = 0;
  Uint16 allocated = 0;
  set.findAndGetUint16(DCM_BitsAllocated, allocated);
  // Pixels of 8 bits may lie in words; DCMTK keeps these in the order of this machine.
  if (allocated == 8 && set.findAndGetUint8Array(DCM_PixelData, bytes, &length).good() && bytes &&
      length >= count) {
    std::copy(bytes, bytes + count, values.begin());
  } else if (set.findAndGetUint16Array(DCM_PixelData, words, &length).good() && words &&
             length >= (allocated == 8 ? (count + 1) / 2 : count)) {
    for (size_t i = 0; i < count; i++)
      values[i] = allocated == 8 ? static_cast<uint16_t>(words[i / 2] >> (i % 2 * 8) & 0xFF)
                                 : words[i];
  } else {
    throw Refusal("its pixels are not of the size that its header gives");
  }
  return values;
}

}  // namespace

void check_syntax(const Structure &structure) {
  const Syntax syntax = syntax_of(structure);
  if (syntax.coding == Coding::other) {
    const DcmXfer known(structure.syntax.c_str());
    const bool is_known = known.getXfer() != EXS_Unknown;
    // Only what DCMTK's own program can unpack is sent there: spectral selection and full progression.
    const bool is_jpeg = structure.syntax == UID_JPEGProcess6_8TransferSyntax ||
                         structure.syntax == UID_JPEGProcess10_12TransferSyntax;
    throw Refusal("its transfer syntax is " + structure.syntax +
                  (is_known ? std::string(" (") + known.getXferName() + ")" : std::string()) +
                  ", which is not read" +
                  (is_jpeg ? "; DCMTK's dcmdjpeg unpacks it" : "; ask its archive for it as Explicit VR Little Endian"));
  }
  if (structure.is_encapsulated != (syntax.coding != Coding::native))
    throw Refusal(structure.is_encapsulated
                      ? "its pixels are compressed, though its transfer syntax says that they are not"
                      : "its pixels are not compressed, though its transfer syntax says so");
  if (structure.is_encapsulated && structure.fragments.empty())
    throw Refusal("its compressed pixels are empty");
}

std::vector<uint16_t> stored_values(const Structure &structure, const PixelForm &form) {
  const Syntax syntax = syntax_of(structure);
  std::vector<uint16_t> values;
  switch (syntax.coding) {
    case Coding::native: values = native_values(structure, form); break;
    case Coding::rle: values = run_length_values(joined(structure.fragments), form); break;
    case Coding::jpeg2000:
      return jpeg2000_values(joined(structure.fragments), form, syntax.is_lossy);
    default:
      check_jpeg(structure.fragments, form, syntax.coding);
      values = dcmtk_values(structure, form);
  }
  const unsigned shift = form.high_bit + 1 - form.stored;
  const uint16_t mask = static_cast<uint16_t>((1u << form.stored) - 1);
  if (syntax.is_lossy && !form.is_signed && shift == 0) {
    for (uint16_t &value : values) value = std::min(value, mask);
  } else {
    for (uint16_t &value : values) value = static_cast<uint16_t>(value >> shift & mask);
  }
  return values;
}

#endif
