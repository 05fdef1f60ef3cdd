// What grey level each stored value stands for.
#pragma once
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>

#include <cstdint>
#include <vector>

#include "pixels.h"

/// By stored value, as ``stored_values`` gives them: the level in 1/256, 0 to 255 * 256.
///
/// A value goes through the modality's transformation (PS3.3 C.11.1), then from the ends of the range to 0 and 255
/// (C.11.2.1.2 and .3), in 64-bit floating point. `is_negative`: 0 is
/// white.
std::vector<uint16_t> grey_levels(DcmItem &set, const Structure &structure, const PixelForm &form, int range,
                                  bool is_negative);
