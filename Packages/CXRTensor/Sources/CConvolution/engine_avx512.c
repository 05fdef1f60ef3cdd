// AVX-512: 32 registers of 16 lanes.
#if defined(__x86_64__)
#define L 16
#define ROWS_PRODUCT 8
#define ROWS_OUTER 8
#define DIRECT_PIXELS 24
#define ENGINE_NAME "AVX-512"
#define ENGINE cxr_engine_avx512
#include <math.h>
#include <string.h>
#include "convolution_engine.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi,bmi2"))), apply_to = function)
#pragma clang fp contract(fast)
#include "engine.inc"
#pragma clang attribute pop
#endif
