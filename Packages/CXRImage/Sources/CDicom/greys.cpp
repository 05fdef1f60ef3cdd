#ifdef CXR_DICOM

#include "greys.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "film_dicom.h"
#include "refusal.h"

namespace {

constexpr char REMEDY[] = "; --dicom-range full goes without it";

bool is_given(DcmItem &set, const DcmTagKey &key) {
  DcmElement *element = nullptr;
  return set.findAndGetElement(key, element).good() && element && element->getLength() > 0;
}

/// A number that may be absent, but not unreadable.
bool number(DcmItem &set, const DcmTagKey &key, const char *name, double &value) {
  if (!is_given(set, key)) return false;
  Float64 found = 0;
  OFString text;
  if (set.findAndGetFloat64(key, found).bad() || !std::isfinite(found)) {
    set.findAndGetOFString(key, text);
    throw Refusal(std::string("its ") + name + " \"" + text.c_str() + "\" is no number" + REMEDY);
  }
  value = found;
  return true;
}

/// Numbers of 16 bits, whatever the element calls them.
std::vector<uint16_t> words(DcmItem &item, const DcmTagKey &key) {
  DcmElement *element = nullptr;
  if (item.findAndGetElement(key, element).bad() || !element) return {};
  const unsigned long count = element->getLength() / 2;
  Uint16 *unsigned_words = nullptr;
  Sint16 *signed_words = nullptr;
  Uint8 *bytes = nullptr;
  if (element->getUint16Array(unsigned_words).good() && unsigned_words)
    return {unsigned_words, unsigned_words + count};
  if (element->getSint16Array(signed_words).good() && signed_words)
    return {signed_words, signed_words + count};
  if (element->getUint8Array(bytes).good() && bytes) {
    std::vector<uint16_t> found(count);
    for (size_t i = 0; i < count; i++)
      found[i] = static_cast<uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    return found;
  }
  return {};
}

struct LookupTable {
  std::vector<uint16_t> entries;
  int first = 0;
  double most = 0;

  double operator()(double value) const {
    // Values lie between whole numbers where a slope has a fraction; a table has none for these.
    const double place = std::clamp(std::trunc(value) - first, 0.0,
                                    static_cast<double>(entries.size() - 1));
    return entries[static_cast<size_t>(place)];
  }
};

/// The first table of a sequence; false where there is none.
///
/// - Parameters:
///   - may_be_signed: whether what goes into it may lie below 0, so that its first value is signed where the file does not
///     say (PS3.3 C.11.2.1.1).
bool table(DcmItem &set, const DcmTagKey &sequence, const char *name, bool is_implicit,
           bool may_be_signed, LookupTable &found) {
  DcmElement *element = nullptr;
  if (set.findAndGetElement(sequence, element).bad() || !element) return false;
  DcmItem *item = nullptr;
  const std::string what = std::string("its ") + name;
  if (set.findAndGetSequenceItem(sequence, item, 0).bad() || !item)
    throw Refusal(what + " LUT is empty" + REMEDY);
  const std::vector<uint16_t> descriptor = words(*item, DCM_LUTDescriptor);
  if (descriptor.size() != 3)
    throw Refusal(what + " LUT has no descriptor of three numbers" + REMEDY);
  const size_t count = descriptor[0] == 0 ? 65536 : descriptor[0];
  const unsigned bits = descriptor[2];
  if (bits < 8 || bits > 16)
    throw Refusal(what + " LUT has " + std::to_string(bits) + " bits an entry" + REMEDY);
  std::vector<uint16_t> data = words(*item, DCM_LUTData);
  if (data.size() < count && bits == 8 && data.size() * 2 >= count) {
    // Two entries a word.
    std::vector<uint16_t> single;
    for (uint16_t pair : data) {
      single.push_back(pair & 0xFF);
      single.push_back(pair >> 8);
    }
    data = std::move(single);
  }
  if (data.size() < count)
    throw Refusal(what + " LUT has " + std::to_string(data.size()) + " entries instead of " +
                  std::to_string(count) + REMEDY);
  data.resize(count);
  found.most = static_cast<double>((1u << bits) - 1);
  for (uint16_t &entry : data)
    entry = std::min(entry, static_cast<uint16_t>(found.most));
  found.entries = std::move(data);
  DcmElement *descriptor_element = nullptr;
  item->findAndGetElement(DCM_LUTDescriptor, descriptor_element);
  const DcmEVR form = descriptor_element ? descriptor_element->ident() : EVR_UNKNOWN;
  const bool is_stated = !is_implicit && (form == EVR_US || form == EVR_SS);
  const bool is_signed = is_stated ? form == EVR_SS : may_be_signed;
  found.first = is_signed ? static_cast<int16_t>(descriptor[1]) : descriptor[1];
  return true;
}

/// From a modality's value to 0…1.
struct Window {
  double centre = 0, width = 0;
  bool is_sigmoid = false;
  double low = 0, high = 0;

  double operator()(double value) const {
    if (is_sigmoid) return 1 / (1 + std::exp(-4 * (value - centre) / width));
    if (high > low) return std::clamp((value - low) / (high - low), 0.0, 1.0);
    return value <= low ? 0 : 1;
  }
};

/// The first window; false where there is none.
bool window(DcmItem &set, Window &found) {
  const bool has_centre = number(set, DCM_WindowCenter, "window's centre", found.centre);
  const bool has_width = number(set, DCM_WindowWidth, "window's width", found.width);
  if (!has_centre && !has_width) return false;
  if (!has_centre || !has_width)
    throw Refusal(std::string("its window has no ") + (has_centre ? "width" : "centre") + REMEDY);
  OFString text;
  set.findAndGetOFString(DCM_VOILUTFunction, text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  const bool is_exact = text == "LINEAR_EXACT";
  found.is_sigmoid = text == "SIGMOID";
  if (!text.empty() && text != "LINEAR" && !is_exact && !found.is_sigmoid)
    throw Refusal(std::string("the function of its window is \"") + text.c_str() +
                  "\", which is none" + REMEDY);
  const bool is_linear = !is_exact && !found.is_sigmoid;
  if (is_linear ? found.width < 1 : found.width <= 0) {
    OFString width;
    set.findAndGetOFString(DCM_WindowWidth, width);
    throw Refusal(std::string("its window is ") + width.c_str() + " wide, which means nothing" +
                  REMEDY);
  }
  const double centre = is_linear ? found.centre - 0.5 : found.centre;
  const double half = (is_linear ? found.width - 1 : found.width) / 2;
  found.low = centre - half;
  found.high = centre + half;
  return true;
}

}  // namespace

std::vector<uint16_t> grey_levels(DcmItem &set, const PixelForm &form, int range, bool is_implicit,
                                  bool is_negative) {
  LookupTable modality;
  const bool has_modality_table =
      table(set, DCM_ModalityLUTSequence, "modality", is_implicit, form.is_signed, modality);
  double slope = 1, intercept = 0;
  number(set, DCM_RescaleSlope, "rescale slope", slope);
  number(set, DCM_RescaleIntercept, "rescale intercept", intercept);
  if (slope == 0) throw Refusal("its rescale slope is 0");
  const int least = form.is_signed ? -(1 << (form.stored - 1)) : 0;
  const int most = least + (1 << form.stored) - 1;
  auto rescaled = [&](int value) {
    return has_modality_table ? modality(value) : value * slope + intercept;
  };

  const bool may_be_signed =
      !has_modality_table && std::min(rescaled(least), rescaled(most)) < 0;
  Window ends;
  LookupTable lut;
  bool has_window = false, has_lut = false;
  if (range == DICOM_RANGE_WINDOW) {
    has_window = window(set, ends);
    has_lut = !has_window && table(set, DCM_VOILUTSequence, "VOI", is_implicit, may_be_signed, lut);
  } else if (range == DICOM_RANGE_LUT) {
    has_lut = table(set, DCM_VOILUTSequence, "VOI", is_implicit, may_be_signed, lut);
    has_window = !has_lut && window(set, ends);
  }
  if (!has_window && !has_lut) {
    // A slope below 0 turns the picture.
    ends.low = has_modality_table ? 0 : std::min(rescaled(least), rescaled(most));
    ends.high = has_modality_table ? modality.most : std::max(rescaled(least), rescaled(most));
  }

  std::vector<uint16_t> levels(static_cast<size_t>(1) << form.stored);
  for (size_t place = 0; place < levels.size(); place++) {
    const int value = form.is_signed && place >> (form.stored - 1) != 0
                          ? static_cast<int>(place) - (1 << form.stored)
                          : static_cast<int>(place);
    const double share = has_lut ? lut(rescaled(value)) / lut.most : ends(rescaled(value));
    const double level = 255 * (is_negative ? 1 - share : share);
    levels[place] = static_cast<uint16_t>(std::lround(level * 256));
  }
  return levels;
}

#endif
