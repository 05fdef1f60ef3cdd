#include "film_dicom.h"

#include <cstdio>
#include <cstring>

#ifndef CXR_DICOM

extern "C" int film_has_dicom(void) { return 0; }

extern "C" int film_decode_dicom(const uint8_t *, size_t, int, dicom_allocate, void *,
                                 char *message) {
  std::snprintf(message, DICOM_MESSAGE_SIZE,
                "this build reads no DICOM; install libdcmtk-dev and build with --traits DICOM");
  return 1;
}

#else

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmimgle/dcmimage.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace {

struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void register_decoders() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs();
    DcmRLEDecoderRegistration::registerCodecs();
  });
}

std::string text(DcmDataset &set, const DcmTagKey &key) {
  OFString value;
  if (set.findAndGetOFString(key, value).bad()) return "";
  while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.pop_back();
  return value.c_str();
}

unsigned number(DcmDataset &set, const DcmTagKey &key, const char *name) {
  Uint16 value = 0;
  if (set.findAndGetUint16(key, value).bad())
    throw Refusal(std::string("it has no ") + name + ", so it is no film");
  return value;
}

void decode(const uint8_t *bytes, size_t count, bool use_window, dicom_allocate allocate,
            void *context) {
  // Without it DCMTK guesses, and takes many files that are no DICOM for some.
  if (count < 132 || std::memcmp(bytes + 128, "DICM", 4) != 0) throw Refusal("it has no preamble");
  DcmInputBufferStream stream;
  stream.setBuffer(bytes, static_cast<offile_off_t>(count));
  stream.setEos();
  auto file = std::make_unique<DcmFileFormat>();
  file->transferInit();
  const OFCondition found = file->read(stream, EXS_Unknown, EGL_noChange);
  file->transferEnd();
  if (found.bad()) throw Refusal(std::string("its structure is damaged: ") + found.text());
  DcmDataset &set = *file->getDataset();

  const std::string modality = text(set, DCM_Modality);
  if (modality != "CR" && modality != "DX")
    throw Refusal("its modality is " + (modality.empty() ? "not given" : modality) +
                  "; only CR and DX are films of the chest's kind");
  const std::string frames = text(set, DCM_NumberOfFrames);
  if (!frames.empty() && frames != "1")
    throw Refusal("it has " + frames + " frames; only films of one are read");
  const std::string colour = text(set, DCM_PhotometricInterpretation);
  if (colour != "MONOCHROME1" && colour != "MONOCHROME2")
    throw Refusal("its pixels are " + (colour.empty() ? "of no stated kind" : colour) +
                  "; only MONOCHROME1 and MONOCHROME2 are read");
  if (number(set, DCM_SamplesPerPixel, "SamplesPerPixel") != 1)
    throw Refusal("it has several samples a pixel; only grey films are read");
  const unsigned stored = number(set, DCM_BitsStored, "BitsStored");
  if (stored < 8 || stored > 16)
    throw Refusal("it has " + std::to_string(stored) + " bits a pixel; 8 to 16 are read");
  const long width = number(set, DCM_Columns, "Columns"), height = number(set, DCM_Rows, "Rows");
  Float64 centre = 0, span = 0;
  const bool has_window = use_window && set.findAndGetFloat64(DCM_WindowCenter, centre).good() &&
                          set.findAndGetFloat64(DCM_WindowWidth, span).good() && span > 0;
  const bool is_plain = stored == 8 && !has_window;
  void *pixels = allocate(context, width, height, is_plain ? 1 : 2);
  if (!pixels) throw Refusal("too many pixels");

  const E_TransferSyntax syntax = set.getOriginalXfer();
  DcmElement *data = nullptr;
  if (set.findAndGetElement(DCM_PixelData, data).bad() || !data)
    throw Refusal("it has no pixels");
  const unsigned allocated = number(set, DCM_BitsAllocated, "BitsAllocated");
  if (!DcmXfer(syntax).isEncapsulated() &&
      data->getLength() < static_cast<unsigned long>(width) * static_cast<unsigned long>(height) *
                              (allocated / 8))
    throw Refusal("it has fewer pixels than its header says");
  // The image takes the file's memory, and keeps one of its frames.
  DicomImage image(file.get(), syntax, CIF_MayDetachPixelData);
  if (image.getStatus() != EIS_Normal) {
    const DcmXfer name(syntax);
    throw Refusal(std::string("its pixels cannot be decoded (") +
                  DicomImage::getString(image.getStatus()) + "; transfer syntax " +
                  name.getXferName() + "); dcmdjpeg or dcmdrle of DCMTK may convert it");
  }
  if (static_cast<long>(image.getWidth()) != width ||
      static_cast<long>(image.getHeight()) != height || !image.isMonochrome())
    throw Refusal("its pixels are not of the size that its header gives");
  const int ranged = has_window ? image.setWindow(centre, span) : image.setNoVoiTransformation();
  if (!ranged) throw Refusal("its window cannot be applied");
  // DCMTK inverts in floating point and is off by one; so it is kept from it, and exact numbers are inverted.
  const bool is_negative = colour == "MONOCHROME1";
  if (is_negative && !image.setPolarity(EPP_Reverse)) throw Refusal("it cannot be inverted");
  const size_t size = static_cast<size_t>(width) * static_cast<size_t>(height) * (is_plain ? 1 : 2);
  if (!image.getOutputData(pixels, size, is_plain ? 8 : 16))
    throw Refusal("its pixels cannot be rendered");
  if (is_negative) {
    auto *levels = static_cast<uint8_t *>(pixels);
    // The complement of 16 bits is that of both bytes.
    for (size_t i = 0; i < size; i++) levels[i] = static_cast<uint8_t>(~levels[i]);
  }
}

}  // namespace

extern "C" int film_has_dicom(void) { return 1; }

extern "C" int film_decode_dicom(const uint8_t *bytes, size_t count, int use_window,
                                 dicom_allocate allocate, void *context, char *message) {
  try {
    register_decoders();
    decode(bytes, count, use_window != 0, allocate, context);
    return 0;
  } catch (const std::bad_alloc &) {
    std::snprintf(message, DICOM_MESSAGE_SIZE, "no memory");
  } catch (const std::exception &error) {
    std::snprintf(message, DICOM_MESSAGE_SIZE, "%s", error.what());
  } catch (...) {
    std::snprintf(message, DICOM_MESSAGE_SIZE, "an unknown error of DCMTK");
  }
  return 1;
}

#endif
