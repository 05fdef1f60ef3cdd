// AVX2 with fused multiply-add: 16 registers of 8 lanes.
#if defined(__x86_64__)
#define L 8
#define ROWS_PRODUCT 3
#define ROWS_OUTER 3
#define ROWS_MATRIX 6
#define DIRECT_PIXELS 12
#define COLUMN_BYTES (230 << 10)
#define ENGINE_NAME "AVX2+FMA"
#define ENGINE_KEY "avx2"
#define ENGINE cxr_engine_avx2
#include <math.h>
#include <string.h>
#include "convolution_engine.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,prfchw"))), apply_to = function)
#pragma clang fp contract(fast)
#include "engine.inc"
#pragma clang attribute pop
#endif
