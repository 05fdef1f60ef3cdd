// Why a film is refused, in words that follow "DICOM cannot be decoded: ".
#pragma once
#include <stdexcept>

struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};
