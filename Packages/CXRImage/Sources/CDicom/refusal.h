// Why a film is refused, in words that follow "DICOM cannot be decoded: ", and the option with which it would be taken.
#pragma once
#include <stdexcept>
#include <string>

#include "film_dicom.h"

/// A member of ``dicom_options`` and what it would be set to.
struct Remedy {
  int option = DICOM_OPTION_NONE;
  std::string value;
};

struct Refusal : std::runtime_error {
  Remedy remedy;

  explicit Refusal(const std::string &reason, Remedy remedy = {})
      : std::runtime_error(reason), remedy(std::move(remedy)) {}
};
