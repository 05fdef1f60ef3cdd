// DICOM films to grey levels, through DCMTK where the trait DICOM is on; no exception leaves these functions.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { DICOM_MESSAGE_SIZE = 512 };

/// Memory for `width * height` pixels of `bytes` bytes each, or NULL to stop. Called once, after the size is
/// known and before pixels are decoded.
typedef void *(*dicom_allocate)(void *context, long width, long height, int bytes);

/// Whether this build reads DICOM.
int film_has_dicom(void);

/// Decodes a single-frame CR or DX film of 8 to 16 bits, MONOCHROME1 (inverted, so that 0 is black) or
/// MONOCHROME2, rescaled, and through its first window if it has one and `use_window` is nonzero, else over the
/// full range of its bits. A film of 8 bits that has no window gets 1 byte a pixel as stored, others 2 bytes,
/// 0 to 65535. 0, or nonzero with a message of up to DICOM_MESSAGE_SIZE bytes.
int film_decode_dicom(const uint8_t *bytes, size_t count, int use_window, dicom_allocate allocate,
                      void *context, char *message);

#ifdef __cplusplus
}
#endif
