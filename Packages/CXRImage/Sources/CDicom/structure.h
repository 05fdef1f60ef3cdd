// Where things are in a DICOM file, found before any other reader sees it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// A stretch of bytes.
struct Span {
  const uint8_t *bytes = nullptr;
  size_t count = 0;
};

/// Numbers of 16 bits as an element holds them.
struct Words {
  std::vector<uint16_t> values;
  /// What the file says of their sign: -1 where it leaves that to its readers.
  int is_signed = -1;
};

/// A look-up table's elements, as the first item of a sequence has them.
struct TableElements {
  bool is_there = false;
  bool has_item = false;
  Words descriptor, data;
};

/// A file whose elements have been walked: every length lies within the file, sequences are nested at most 32 deep, and
/// there are at most 200,000 elements. DCMTK is given none of it but the film's own elements, which are known by name and
/// hold no others: what it would do with the rest is of no concern.
class Structure {
 public:
  /// Walks a file up to its pixels; what follows them is left alone.
  explicit Structure(const uint8_t *bytes, size_t count);

  /// The transfer syntax's UID.
  std::string syntax;
  bool is_implicit = false;
  bool is_big_endian = false;
  /// The elements that say what the pixels are, and of what kind the film is, as they stand in the file.
  std::vector<uint8_t> header;
  /// The element of the pixels, as it stands in the file.
  Span pixel_element;
  TableElements modality_table, voi_table;
  bool has_pixels = false;
  /// Native pixels; empty where they are encapsulated.
  Span pixels;
  /// Whether these are kept as words of two bytes, which big-endian files exchange.
  bool pixels_are_words = false;
  /// Encapsulated pixels, without the offset table.
  std::vector<Span> fragments;
  bool is_encapsulated = false;

 private:
  std::vector<uint8_t> inflated;

  Span data_set(const uint8_t *bytes, size_t count);
  void inflate(Span deflated);
  void walk(Span set);
};
