// Any bytes as a DICOM film: an answer or a refusal.
#include <cstdlib>

#include "film_dicom.h"

static void *take(void *context, long width, long height, int bytes) {
  if (width <= 0 || height <= 0 || width > (1 << 22) / height) return nullptr;
  return *static_cast<void **>(context) =
             std::calloc(static_cast<size_t>(width * height), static_cast<size_t>(bytes));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  dicom_refusal refusal;
  void *pixels = nullptr;
  // Every way to black and white, and every modality: the first byte of the preamble tells which.
  const dicom_options options{count > 0 ? bytes[0] % 3 : 0, ~0u};
  film_decode_dicom(bytes, count, &options, take, &pixels, &refusal);
  std::free(pixels);
  return 0;
}
