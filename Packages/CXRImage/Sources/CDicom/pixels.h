// The stored values of a film's only frame.
#pragma once
#include <cstdint>
#include <vector>

#include "structure.h"

/// What the header says of the pixels.
struct PixelForm {
  long width, height;
  /// 8 or 16.
  unsigned allocated;
  unsigned stored, high_bit;
  bool is_signed;
};

/// Whether pixels in this transfer syntax can be read; a refusal names it otherwise.
void check_syntax(const Structure &structure);

/// `[height, width]`, each of `stored` bits, in two's complement where `is_signed`. Bits beyond these are dropped, as
/// overlays lie there; what a lossy decoder gives beyond them becomes the nearest end.
std::vector<uint16_t> stored_values(const Structure &structure, const PixelForm &form);

/// The same of a JPEG 2000 stream.
std::vector<uint16_t> jpeg2000_values(const std::vector<uint8_t> &stream, const PixelForm &form,
                                      bool is_lossy);
