// Where things are in a DICOM file, found before any other reader sees it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// A stretch of bytes.
struct Span {
  const uint8_t *bytes = nullptr;
  size_t count = 0;
};

/// The parts of a file whose elements have been walked: every length lies within the file, sequences are nested at most
/// 64 deep, and there are at most 200,000 elements.
class Structure {
 public:
  /// Walks a file up to its pixels; what follows them is left alone.
  explicit Structure(const uint8_t *bytes, size_t count);

  /// The transfer syntax's UID.
  std::string syntax;
  bool is_implicit = false;
  bool is_big_endian = false;
  /// The data set up to its pixels, inflated where the file is deflated.
  Span header;
  /// The data set with its pixels.
  Span whole;
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
