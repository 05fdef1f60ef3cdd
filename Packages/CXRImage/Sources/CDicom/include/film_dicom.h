// DICOM films to grey levels, through DCMTK and OpenJPEG where the trait DICOM is on; no exception leaves these
// functions.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a film is refused.
enum { DICOM_REASON_SIZE = 512, DICOM_VALUE_SIZE = 64 };

/// The member of ``dicom_options`` with which the film would be taken, where one is.
enum { DICOM_OPTION_NONE = 0, DICOM_OPTION_RANGE = 1, DICOM_OPTION_MODALITIES = 2 };

typedef struct {
  /// In words that follow "DICOM cannot be decoded: ".
  char reason[DICOM_REASON_SIZE];
  int option;
  /// What it would be set to: "full"; "CR,DX,OT". Empty without an option.
  char value[DICOM_VALUE_SIZE];
} dicom_refusal;

/// Which values are black and white: the ends of the first window, else of the VOI LUT; of the VOI LUT, else of the
/// first window; else, or always, of the range of the stored bits.
enum { DICOM_RANGE_WINDOW = 0, DICOM_RANGE_LUT = 1, DICOM_RANGE_FULL = 2 };

/// Modalities, to be joined; UNSTATED is a film without one.
enum {
  DICOM_CR = 1,
  DICOM_DX = 2,
  DICOM_RG = 4,
  DICOM_RF = 8,
  DICOM_OT = 16,
  DICOM_UNSTATED = 32
};

typedef struct {
  int range;
  unsigned modalities;
} dicom_options;

/// Memory for `width * height` pixels of `bytes` bytes each, or NULL to stop. Called once, after the size is
/// known and before pixels are decoded.
typedef void *(*dicom_allocate)(void *context, long width, long height, int bytes);

/// Whether this build reads DICOM.
int film_has_dicom(void);

/// Decodes a single-frame projection radiograph of 8 to 16 bits, MONOCHROME1 (inverted, so that 0 is black) or
/// MONOCHROME2. A film whose levels are all whole gets 1 byte a pixel, others 2 bytes, in 1/256 of a level, 0 to 255
/// * 256. 0, or nonzero and why.
int film_decode_dicom(const uint8_t *bytes, size_t count, const dicom_options *options,
                      dicom_allocate allocate, void *context, dicom_refusal *refusal);

#ifdef __cplusplus
}
#endif
