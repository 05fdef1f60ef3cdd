#include "film_dicom.h"

#include <cstdio>

#ifndef CXR_DICOM

extern "C" int film_has_dicom(void) { return 0; }

extern "C" int film_decode_dicom(const uint8_t *, size_t, const dicom_options *, dicom_allocate,
                                 void *, dicom_refusal *refusal) {
  *refusal = dicom_refusal{};
  std::snprintf(refusal->reason, sizeof refusal->reason,
                "this build reads no DICOM; install libdcmtk-dev and libopenjp2-7-dev and build "
                "with: swift build --traits DICOM");
  return 1;
}

#else

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcvr.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string>

#include "greys.h"
#include "pixels.h"
#include "refusal.h"
#include "structure.h"
#include "warnings.h"

namespace {

void prepare_dcmtk() {
  static std::once_flag once;
  std::call_once(once, [] {
    listen_to_decoders();
    // Elements that a writer calls unknown are what the dictionary says.
    dcmEnableUnknownVRConversion.set(OFTrue);
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  });
}

std::string text(DcmItem &set, const DcmTagKey &key) {
  OFString value;
  if (set.findAndGetOFString(key, value).bad()) return "";
  while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.pop_back();
  return value.c_str();
}

unsigned number(DcmItem &set, const DcmTagKey &key, const char *name) {
  Uint16 value = 0;
  if (set.findAndGetUint16(key, value).bad())
    throw Refusal(std::string("it has no ") + name + ", so it is no film");
  return value;
}

void check_kind(DcmItem &set, unsigned modalities) {
  static const struct {
    const char *name;
    unsigned bit;
  } KNOWN[] = {{"CR", DICOM_CR}, {"DX", DICOM_DX}, {"RG", DICOM_RG}, {"RF", DICOM_RF}, {"OT", DICOM_OT}};
  const std::string modality = text(set, DCM_Modality);
  if (modality.empty()) {
    // Files whose modality was taken away keep the class of what they are.
    const std::string kind = text(set, DCM_SOPClassUID);
    const bool is_radiograph = kind == UID_ComputedRadiographyImageStorage ||
                               kind == UID_DigitalXRayImageStorageForPresentation ||
                               kind == UID_DigitalXRayImageStorageForProcessing;
    if (!is_radiograph && !(modalities & DICOM_UNSTATED))
      throw Refusal("it has no modality, and its class is not that of a projection radiograph, but it may be one",
                    {DICOM_OPTION_MODALITIES, "CR,DX,none"});
    return;
  }
  for (const auto &known : KNOWN) {
    if (modality != known.name) continue;
    if (modalities & known.bit) return;
    throw Refusal("its modality is " + modality + ", which may be a film of the chest",
                  {DICOM_OPTION_MODALITIES, "CR,DX," + modality});
  }
  throw Refusal("its modality is " + modality + "; only projection radiographs are read: CR and DX, and RG, RF and OT "
                "where these are asked for");
}

/// What the header says of the pixels, or why they are none of a film's.
PixelForm pixel_form(DcmItem &set) {
  const std::string frames = text(set, DCM_NumberOfFrames);
  if (!frames.empty() && frames != "1")
    throw Refusal("it has " + frames +
                  " frames; only films of one are read. DCMTK's dcm2pnm --write-png --frame 1 makes a picture of the first");
  const std::string colour = text(set, DCM_PhotometricInterpretation);
  if (colour != "MONOCHROME1" && colour != "MONOCHROME2")
    throw Refusal("its pixels are " + (colour.empty() ? "of no stated kind" : colour) +
                  "; only MONOCHROME1 and MONOCHROME2 are read. DCMTK's dcm2pnm --write-png makes a picture of it");
  if (number(set, DCM_SamplesPerPixel, "SamplesPerPixel") != 1)
    throw Refusal("it has several samples a pixel; only grey films are read");
  PixelForm form{};
  form.width = number(set, DCM_Columns, "Columns");
  form.height = number(set, DCM_Rows, "Rows");
  if (form.width == 0 || form.height == 0)
    throw Refusal("it has " + std::to_string(form.width) + " x " + std::to_string(form.height) +
                  " pixels, so it shows nothing");
  form.allocated = number(set, DCM_BitsAllocated, "BitsAllocated");
  form.stored = number(set, DCM_BitsStored, "BitsStored");
  form.high_bit = number(set, DCM_HighBit, "HighBit");
  if (form.stored < 8 || form.stored > 16)
    throw Refusal("it has " + std::to_string(form.stored) + " bits a pixel; 8 to 16 are read");
  if (form.allocated != 8 && form.allocated != 16)
    throw Refusal("its pixels take " + std::to_string(form.allocated) +
                  " bits each; only 8 and 16 are read");
  if (form.high_bit >= form.allocated || form.high_bit + 1 < form.stored)
    throw Refusal("its " + std::to_string(form.stored) + " bits a pixel, the highest of which is " +
                  std::to_string(form.high_bit) + ", do not fit into " +
                  std::to_string(form.allocated));
  const unsigned representation = number(set, DCM_PixelRepresentation, "PixelRepresentation");
  if (representation > 1)
    throw Refusal("its PixelRepresentation is " + std::to_string(representation) +
                  "; 0 and 1 are known");
  form.is_signed = representation == 1;
  return form;
}

/// The film's own elements.
void read_header(const Structure &structure, DcmDataset &set) {
  DcmInputBufferStream stream;
  stream.setBuffer(structure.header.data(), static_cast<offile_off_t>(structure.header.size()));
  stream.setEos();
  const E_TransferSyntax syntax = structure.is_implicit     ? EXS_LittleEndianImplicit
                                  : structure.is_big_endian ? EXS_BigEndianExplicit
                                                            : EXS_LittleEndianExplicit;
  set.transferInit();
  const OFCondition found = set.read(stream, syntax, EGL_noChange);
  set.transferEnd();
  if (found.bad()) throw Refusal(std::string("its structure is damaged: ") + found.text());
}

void decode(const uint8_t *bytes, size_t count, const dicom_options &options,
            dicom_allocate allocate, void *context) {
  if (!dcmDataDict.isDictionaryLoaded())
    throw Refusal("DCMTK's dictionary of elements is not found; install Debian's dcmtk-data or libdcmtk-data, or let "
                  "DCMDICTPATH name it");
  const Structure structure(bytes, count);
  if (!structure.has_pixels) throw Refusal("it has no pixels");
  DcmDataset set;
  read_header(structure, set);
  check_kind(set, options.modalities);
  const PixelForm form = pixel_form(set);
  check_syntax(structure);
  // The presentation's shape says the same as the photometric interpretation, or contradicts it; the latter decides.
  const bool is_negative = text(set, DCM_PhotometricInterpretation) == "MONOCHROME1";
  const std::vector<uint16_t> levels = grey_levels(set, structure, form, options.range, is_negative);
  const bool is_whole =
      std::all_of(levels.begin(), levels.end(), [](uint16_t level) { return level % 256 == 0; });
  void *pixels = allocate(context, form.width, form.height, is_whole ? 1 : 2);
  if (!pixels) throw Refusal("too many pixels");
  const std::vector<uint16_t> values = stored_values(structure, form);
  if (is_whole) {
    auto *to = static_cast<uint8_t *>(pixels);
    for (size_t i = 0; i < values.size(); i++) to[i] = static_cast<uint8_t>(levels[values[i]] / 256);
  } else {
    auto *to = static_cast<uint16_t *>(pixels);
    for (size_t i = 0; i < values.size(); i++) to[i] = levels[values[i]];
  }
}

}  // namespace

extern "C" int film_has_dicom(void) { return 1; }

extern "C" int film_decode_dicom(const uint8_t *bytes, size_t count, const dicom_options *options,
                                 dicom_allocate allocate, void *context, dicom_refusal *refusal) {
  *refusal = dicom_refusal{};
  const auto say = [refusal](const char *reason) {
    std::snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
  };
  try {
    prepare_dcmtk();
    decode(bytes, count, *options, allocate, context);
    return 0;
  } catch (const std::bad_alloc &) {
    say("no memory");
  } catch (const Refusal &error) {
    say(error.what());
    refusal->option = error.remedy.option;
    std::snprintf(refusal->value, sizeof refusal->value, "%s", error.remedy.value.c_str());
  } catch (const std::exception &error) {
    say(error.what());
  } catch (...) {
    say("an unknown error of DCMTK");
  }
  return 1;
}

#endif
