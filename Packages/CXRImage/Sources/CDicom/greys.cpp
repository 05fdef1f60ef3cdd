#ifdef CXR_DICOM

#include "greys.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "film_dicom.h"
#include "refusal.h"

namespace {

/// What goes without windows and their tables.
const Remedy WHOLE_RANGE{DICOM_OPTION_RANGE, "full"};

/// A number that may be absent, but not unreadable: DCMTK takes the beginning of "20,5" for 20.
bool number(DcmItem &set, const DcmTagKey &key, const std::string &name, double &value,
            const Remedy &remedy = {}) {
  DcmElement *element = nullptr;
  if (set.findAndGetElement(key, element).bad() || !element || element->getLength() == 0)
    return false;
  OFString text;
  const bool has_text = element->getOFString(text, 0).good();
  const std::string whole(text.c_str());
  const size_t first = whole.find_first_not_of(' '), last = whole.find_last_not_of(' ');
  const std::string digits = first == std::string::npos ? "" : whole.substr(first, last - first + 1);
  OFBool is_number = OFFalse;
  const double found = OFStandard::atof(digits.c_str(), &is_number);
  const bool has_others = digits.find_first_not_of("0123456789+-.eE") != std::string::npos;
  if (!has_text || !is_number || has_others || !std::isfinite(found))
    throw Refusal("its " + name + " \"" + whole + "\" is no number", remedy);
  value = found;
  return true;
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

/// A table of the file; false where there is none.
///
/// - Parameters:
///   - may_be_signed: whether what goes into it may lie below 0, so that its first value is signed where the file does not
///     say (PS3.3 C.11.2.1.1).
bool table(const TableElements &elements, const char *name, bool may_be_signed, const Remedy &remedy,
           LookupTable &found) {
  if (!elements.is_there) return false;
  const std::string what = std::string("its ") + name + " LUT ";
  if (!elements.has_item) throw Refusal(what + "is empty", remedy);
  const std::vector<uint16_t> &descriptor = elements.descriptor.values;
  if (descriptor.size() != 3) throw Refusal(what + "has no descriptor of three numbers", remedy);
  const size_t count = descriptor[0] == 0 ? 65536 : descriptor[0];
  const unsigned bits = descriptor[2];
  if (bits < 8 || bits > 16)
    throw Refusal(what + "has " + std::to_string(bits) + " bits an entry", remedy);
  std::vector<uint16_t> data = elements.data.values;
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
    throw Refusal(what + "has " + std::to_string(data.size()) + " entries instead of " +
                  std::to_string(count), remedy);
  data.resize(count);
  const uint16_t most = static_cast<uint16_t>((1u << bits) - 1);
  for (uint16_t &entry : data) entry = std::min(entry, most);
  const int stated = elements.descriptor.is_signed;
  const bool is_signed = stated < 0 ? may_be_signed : stated == 1;
  found.entries = std::move(data);
  found.most = most;
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
  const bool has_centre = number(set, DCM_WindowCenter, "window's centre", found.centre, WHOLE_RANGE);
  const bool has_width = number(set, DCM_WindowWidth, "window's width", found.width, WHOLE_RANGE);
  if (!has_centre && !has_width) return false;
  if (!has_centre || !has_width)
    throw Refusal(std::string("its window has no ") + (has_centre ? "width" : "centre"), WHOLE_RANGE);
  OFString text;
  set.findAndGetOFString(DCM_VOILUTFunction, text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  const bool is_exact = text == "LINEAR_EXACT";
  found.is_sigmoid = text == "SIGMOID";
  if (!text.empty() && text != "LINEAR" && !is_exact && !found.is_sigmoid)
    throw Refusal(std::string("the function of its window is \"") + text.c_str() +
                  "\", which is none", WHOLE_RANGE);
  const bool is_linear = !is_exact && !found.is_sigmoid;
  if (is_linear ? found.width < 1 : found.width <= 0) {
    OFString width;
    set.findAndGetOFString(DCM_WindowWidth, width);
    throw Refusal(std::string("its window is ") + width.c_str() + " wide, which means nothing",
                  WHOLE_RANGE);
  }
  const double centre = is_linear ? found.centre - 0.5 : found.centre;
  const double half = (is_linear ? found.width - 1 : found.width) / 2;
  found.low = centre - half;
  found.high = centre + half;
  return true;
}

}  // namespace

std::vector<uint16_t> grey_levels(DcmItem &set, const Structure &structure, const PixelForm &form,
                                  int range, bool is_negative) {
  LookupTable modality;
  const bool has_modality_table =
      table(structure.modality_table, "modality", form.is_signed, {}, modality);
  double slope = 1, intercept = 0;
  if (!has_modality_table) {
    number(set, DCM_RescaleSlope, "rescale slope", slope);
    number(set, DCM_RescaleIntercept, "rescale intercept", intercept);
    if (slope == 0) throw Refusal("its rescale slope is 0");
  }
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
    has_lut = !has_window && table(structure.voi_table, "VOI", may_be_signed, WHOLE_RANGE, lut);
  } else if (range == DICOM_RANGE_LUT) {
    has_lut = table(structure.voi_table, "VOI", may_be_signed, WHOLE_RANGE, lut);
    has_window = !has_lut && window(set, ends);
  }
  if (!has_window && !has_lut) {
    // A slope below 0 turns the picture.
    ends.low = has_modality_table ? 0 : std::min(rescaled(least), rescaled(most));
    ends.high = has_modality_table ? modality.most : std::max(rescaled(least), rescaled(most));
  }

  // Beyond these ends no difference of two numbers means anything.
  const double reach = std::max(std::abs(rescaled(least)), std::abs(rescaled(most)));
  if (!(reach < 1e300) || !(std::abs(ends.low) < 1e300) || !(std::abs(ends.high) < 1e300))
    throw Refusal("its rescaling or its window has numbers beyond reason");

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
