#ifdef CXR_DICOM

#include "structure.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "refusal.h"

namespace {

constexpr size_t PREAMBLE = 132;
/// The film's own elements, and 32 sequences with their items.
constexpr size_t DEEPEST = 65;
constexpr size_t MOST_ELEMENTS = 200000;
/// A deflated film of 64 million pixels unpacks to this; what is larger is no film.
constexpr size_t MOST_INFLATED = 128 << 20;
/// Of a film's own elements: windows are a few hundred bytes.
constexpr uint32_t LONGEST = 1 << 16;
constexpr uint32_t UNDEFINED = 0xFFFFFFFF;

constexpr uint32_t TRANSFER_SYNTAX = 0x00020010;
constexpr uint32_t PIXEL_DATA = 0x7FE00010;
constexpr uint32_t MODALITY_TABLE = 0x00283000, VOI_TABLE = 0x00283010;
constexpr uint32_t TABLE_DESCRIPTOR = 0x00283002, TABLE_DATA = 0x00283006;
constexpr uint32_t ITEM = 0xFFFEE000, ITEM_END = 0xFFFEE00D, SEQUENCE_END = 0xFFFEE0DD;

/// SOP class, modality, and the description of the pixels with window and rescaling: none of them a sequence.
constexpr uint32_t OWN[] = {0x00080016, 0x00080060, 0x00280002, 0x00280004, 0x00280006, 0x00280008,
                            0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
                            0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00281056};

[[noreturn]] void damaged(const std::string &how) {
  throw Refusal("its structure is damaged: " + how);
}

std::string name(uint32_t tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", tag >> 16, tag & 0xFFFF);
  return text;
}

/// Reads numbers, never beyond the end.
struct Cursor {
  Span span;
  size_t at = 0;
  bool is_big_endian = false;

  bool has(size_t count) const { return count <= span.count - at; }
  void need(size_t count) const {
    if (!has(count)) damaged("it ends within an element; is the file whole?");
  }
  uint16_t word16() {
    need(2);
    const uint8_t *b = span.bytes + at;
    at += 2;
    return static_cast<uint16_t>(is_big_endian ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
  }
  uint32_t word32() {
    const uint32_t first = word16(), second = word16();
    return is_big_endian ? first << 16 | second : second << 16 | first;
  }
  uint32_t tag() {
    const uint32_t group = word16();
    return group << 16 | word16();
  }
};

/// A value representation's two letters.
bool is_any(const uint8_t *letters, const char *list) {
  for (; *list; list += 3)
    if (letters[0] == list[0] && letters[1] == list[1]) return true;
  return false;
}
constexpr char LONG_FORMS[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV ";
constexpr char SHORT_FORMS[] = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US ";

bool is_sequence_by_dictionary(uint32_t tag) {
  const DcmTagKey key(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
  return DcmTag(key).getEVR() == EVR_SQ;
}

struct Element {
  uint32_t tag;
  uint32_t length;
  bool is_sequence;
  /// Whether what is in it has no value representations, and is little-endian: an unknown's content always is.
  bool is_unknown = false;
  bool is_words = false;
  /// -1 where the file does not say.
  int is_signed = -1;
};

Element element(Cursor &cursor, uint32_t tag, bool is_implicit) {
  Element found{tag, 0, false};
  if (is_implicit) {
    found.length = cursor.word32();
    found.is_sequence = found.length == UNDEFINED || is_sequence_by_dictionary(tag);
    return found;
  }
  cursor.need(2);
  const uint8_t *letters = cursor.span.bytes + cursor.at;
  cursor.at += 2;
  if (is_any(letters, LONG_FORMS)) {
    cursor.word16();
    found.length = cursor.word32();
  } else if (is_any(letters, SHORT_FORMS)) {
    found.length = cursor.word16();
  } else {
    damaged("the element " + name(tag) + " is of no known kind");
  }
  found.is_unknown = is_any(letters, "UN ");
  found.is_sequence = is_any(letters, "SQ ") || found.length == UNDEFINED ||
                      (found.is_unknown && is_sequence_by_dictionary(tag));
  found.is_words = is_any(letters, "OW ");
  if (is_any(letters, "US SS ")) found.is_signed = letters[0] == 'S' ? 1 : 0;
  return found;
}

}  // namespace

Structure::Structure(const uint8_t *bytes, size_t count) {
  const Span set = data_set(bytes, count);
  is_implicit = syntax == UID_LittleEndianImplicitTransferSyntax;
  is_big_endian = syntax == UID_BigEndianExplicitTransferSyntax;
  if (syntax == UID_DeflatedExplicitVRLittleEndianTransferSyntax) {
    inflate(set);
    walk({inflated.data(), inflated.size()});
  } else {
    walk(set);
  }
}

/// Reads the file's meta header, which gives the transfer syntax; what follows is the data set.
Span Structure::data_set(const uint8_t *bytes, size_t count) {
  // Without it readers guess, and take many files that are no DICOM for some.
  if (count < PREAMBLE || std::memcmp(bytes + PREAMBLE - 4, "DICM", 4) != 0)
    throw Refusal("it has no preamble");
  Cursor cursor{{bytes, count}, PREAMBLE};
  for (;;) {
    const size_t start = cursor.at;
    if (!cursor.has(8)) break;
    const uint32_t tag = cursor.tag();
    if (tag >> 16 != 2) {
      cursor.at = start;
      break;
    }
    const Element found = element(cursor, tag, false);
    if (found.is_sequence) damaged("its meta header has a sequence");
    cursor.need(found.length);
    if (tag == TRANSFER_SYNTAX) {
      syntax.assign(reinterpret_cast<const char *>(bytes + cursor.at), found.length);
      while (!syntax.empty() && (syntax.back() == ' ' || syntax.back() == '\0')) syntax.pop_back();
    }
    cursor.at += found.length;
  }
  if (syntax.empty()) throw Refusal("its meta header names no transfer syntax");
  return {bytes + cursor.at, count - cursor.at};
}

namespace {

/// Unpacks piece by piece until `take`, which is given each piece, says that it has enough, or the stream ends.
template <typename Take>
void unpack(Span deflated, Take take) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  stream.next_in = const_cast<Bytef *>(deflated.bytes);
  stream.avail_in = static_cast<uInt>(std::min<size_t>(deflated.count, UINT32_MAX));
  std::vector<uint8_t> piece(1 << 18);
  int status = Z_OK;
  bool goes_on = true;
  while (status == Z_OK && goes_on) {
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_NO_FLUSH);
    goes_on = take(piece.data(), static_cast<size_t>(stream.next_out - piece.data()));
  }
  inflateEnd(&stream);
  if (goes_on && status != Z_STREAM_END)
    damaged("its deflated data set cannot be unpacked; is the file whole?");
}

}  // namespace

/// Unpacks twice, once to count: what unpacks to too much takes no memory.
void Structure::inflate(Span deflated) {
  size_t size = 0;
  unpack(deflated, [&](const uint8_t *, size_t count) {
    size += count;
    return size <= MOST_INFLATED;
  });
  if (size > MOST_INFLATED)
    throw Refusal("its deflated data set would unpack to more than " +
                  std::to_string(MOST_INFLATED >> 20) + " MiB");
  inflated.reserve(size);
  unpack(deflated, [&](const uint8_t *bytes, size_t count) {
    inflated.insert(inflated.end(), bytes, bytes + count);
    return true;
  });
}

namespace {

Words words(const Cursor &cursor, const Element &element) {
  Words found;
  found.is_signed = element.is_signed;
  Cursor reader{{cursor.span.bytes + cursor.at, element.length}, 0, cursor.is_big_endian};
  while (reader.has(2)) found.values.push_back(reader.word16());
  return found;
}

}  // namespace

void Structure::walk(Span set) {
  struct Level {
    size_t end;
    bool is_undefined;
    bool is_sequence;
    bool is_implicit;
    bool is_big_endian;
  };
  Cursor cursor{set, 0, is_big_endian};
  std::vector<Level> levels{{set.count, false, false, is_implicit, is_big_endian}};
  std::vector<uint32_t> kept;
  TableElements *table = nullptr;
  size_t elements = 0;
  while (!levels.empty()) {
    const Level level = levels.back();
    cursor.is_big_endian = level.is_big_endian;
    if (!level.is_undefined && cursor.at == level.end) {
      levels.pop_back();
      continue;
    }
    // What is left at the end of a file, such as zeros that fill a block, is no element.
    if (levels.size() == 1 && !cursor.has(8)) break;
    if (cursor.at > level.end) damaged("an element reaches beyond what holds it");
    const size_t start = cursor.at;
    const uint32_t tag = cursor.tag();
    if (++elements > MOST_ELEMENTS)
      throw Refusal("it has more than " + std::to_string(MOST_ELEMENTS) + " elements");
    if (levels.size() > DEEPEST)
      throw Refusal("its sequences are nested more than " + std::to_string(DEEPEST / 2) + " deep");
    if (level.is_sequence || tag == ITEM_END) {
      const uint32_t length = cursor.word32();
      if (cursor.at > level.end) damaged("an item reaches beyond what holds it");
      const bool ends = tag == (level.is_sequence ? SEQUENCE_END : ITEM_END);
      if (ends && level.is_undefined) {
        levels.pop_back();
        continue;
      }
      // A sequence of known length may be closed nevertheless.
      if (ends && level.is_sequence && cursor.at == level.end) continue;
      if (!level.is_sequence || tag != ITEM) damaged(name(tag) + " stands where no such element can");
      if (length != UNDEFINED && length > level.end - cursor.at)
        damaged("an item is longer than what holds it");
      if (table && levels.size() == 2) {
        // The first item counts.
        if (table->has_item) table = nullptr; else table->has_item = true;
      }
      levels.push_back({length == UNDEFINED ? level.end : cursor.at + length, length == UNDEFINED,
                        false, level.is_implicit, level.is_big_endian});
      continue;
    }
    const Element found = element(cursor, tag, level.is_implicit);
    if (cursor.at > level.end) damaged("the element " + name(tag) + " reaches beyond what holds it");
    const bool is_root = levels.size() == 1;
    const bool is_film = tag == PIXEL_DATA && is_root;
    if (found.length != UNDEFINED && found.length > level.end - cursor.at) {
      if (is_film) throw Refusal("it has fewer pixels than its header says; is the file whole?");
      damaged("the element " + name(tag) + " is longer than what holds it; is the file whole?");
    }
    if (tag == PIXEL_DATA && found.length == UNDEFINED) {
      // Fragments: items of bytes, the first of which is a table of offsets.
      std::vector<Span> items;
      for (;;) {
        const uint32_t part = cursor.tag(), length = cursor.word32();
        if (part == SEQUENCE_END) break;
        if (part != ITEM || length > cursor.span.count - cursor.at)
          throw Refusal("its compressed pixels are cut short; is the file whole?");
        items.push_back({set.bytes + cursor.at, length});
        cursor.at += length;
        if (++elements > MOST_ELEMENTS) damaged("its pixels are in too many fragments");
      }
      if (!is_film) continue;
      if (!items.empty()) items.erase(items.begin());
      fragments = std::move(items);
      is_encapsulated = true;
    } else if (found.is_sequence) {
      if (is_root)
        table = tag == MODALITY_TABLE ? &modality_table : tag == VOI_TABLE ? &voi_table : nullptr;
      if (is_root && table) {
        // Of an element that stands twice the first counts.
        if (table->is_there) table = nullptr; else table->is_there = true;
      }
      const bool is_undefined = found.length == UNDEFINED;
      levels.push_back({is_undefined ? level.end : cursor.at + found.length, is_undefined, true,
                        found.is_unknown || level.is_implicit,
                        !found.is_unknown && level.is_big_endian});
      continue;
    } else {
      if (is_film) {
        pixels = {set.bytes + cursor.at, found.length};
        pixels_are_words = found.is_words;
      } else if (table && table->has_item && levels.size() == 3) {
        if (tag == TABLE_DESCRIPTOR && found.length <= LONGEST) table->descriptor = words(cursor, found);
        // Up to 65,536 entries of 16 bits.
        if (tag == TABLE_DATA && found.length <= 2 * 65536 + 2) table->data = words(cursor, found);
      }
      cursor.at += found.length;
      const bool is_own = is_root && std::find(std::begin(OWN), std::end(OWN), tag) != std::end(OWN);
      if (is_own && found.length <= LONGEST &&
          std::find(kept.begin(), kept.end(), tag) == kept.end()) {
        kept.push_back(tag);
        header.insert(header.end(), set.bytes + start, set.bytes + cursor.at);
      }
    }
    if (is_film) {
      has_pixels = true;
      pixel_element = {set.bytes + start, cursor.at - start};
      return;
    }
  }
}

#endif
