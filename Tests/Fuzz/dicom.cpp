// Any bytes as a DICOM film: an answer or a refusal.
#include <cstdlib>

#include "film_dicom.h"

static void *take(void *context, long width, long height, int bytes) {
  if (width <= 0 || height <= 0 || width > (1 << 18) / height) return nullptr;
  return *static_cast<void **>(context) =
             std::calloc(static_cast<size_t>(width * height), static_cast<size_t>(bytes));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  char message[DICOM_MESSAGE_SIZE];
  void *pixels = nullptr;
  film_decode_dicom(bytes, count, 1, take, &pixels, message);
  std::free(pixels);
  return 0;
}
