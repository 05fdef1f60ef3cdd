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
/// DCMTK reads sequences within sequences by recursion.
constexpr size_t DEEPEST = 64;
/// Each takes DCMTK about 300 bytes, however short it is.
constexpr size_t MOST_ELEMENTS = 200000;
/// A deflated film of 64 million pixels unpacks to this; what is larger is no film.
constexpr size_t MOST_INFLATED = 128 << 20;
constexpr uint32_t UNDEFINED = 0xFFFFFFFF;

constexpr uint32_t TRANSFER_SYNTAX = 0x00020010;
constexpr uint32_t PIXEL_DATA = 0x7FE00010;
constexpr uint32_t ITEM = 0xFFFEE000, ITEM_END = 0xFFFEE00D, SEQUENCE_END = 0xFFFEE0DD;

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
  /// Whether what is in it has no value representations: an unknown's content never has.
  bool is_implicit;
  bool is_words = false;
};

Element element(Cursor &cursor, uint32_t tag, bool is_implicit) {
  Element found{tag, 0, false, is_implicit};
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
  const bool is_unknown = is_any(letters, "UN ");
  found.is_sequence = is_any(letters, "SQ ") || found.length == UNDEFINED ||
                      (is_unknown && is_sequence_by_dictionary(tag));
  found.is_implicit = is_unknown;
  found.is_words = is_any(letters, "OW ");
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

void Structure::walk(Span set) {
  struct Level {
    size_t end;
    bool is_undefined;
    bool is_sequence;
    bool is_implicit;
  };
  Cursor cursor{set, 0, is_big_endian};
  std::vector<Level> levels{{set.count, false, false, is_implicit}};
  size_t elements = 0;
  while (!levels.empty()) {
    const Level level = levels.back();
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
      if (levels.size() > DEEPEST)
        throw Refusal("its sequences are nested more than " + std::to_string(DEEPEST / 2) + " deep");
      levels.push_back({length == UNDEFINED ? level.end : cursor.at + length, length == UNDEFINED,
                        false, level.is_implicit});
      continue;
    }
    const Element found = element(cursor, tag, level.is_implicit);
    if (cursor.at > level.end) damaged("the element " + name(tag) + " reaches beyond what holds it");
    const bool is_film = tag == PIXEL_DATA && levels.size() == 1;
    if (is_film) header = {set.bytes, start};
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
      if (levels.size() > DEEPEST)
        throw Refusal("its sequences are nested more than " + std::to_string(DEEPEST / 2) + " deep");
      const bool is_undefined = found.length == UNDEFINED;
      levels.push_back({is_undefined ? level.end : cursor.at + found.length, is_undefined, true,
                        found.is_implicit});
      continue;
    } else {
      if (is_film) {
        pixels = {set.bytes + cursor.at, found.length};
        pixels_are_words = found.is_words;
      }
      cursor.at += found.length;
    }
    if (is_film) {
      has_pixels = true;
      whole = {set.bytes, cursor.at};
      return;
    }
  }
}

#endif
