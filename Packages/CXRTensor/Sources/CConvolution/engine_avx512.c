// AVX-512: 32 registers of 16 lanes.
#if defined(__x86_64__)
#define L 16
#define ROWS_PRODUCT 9
#define ROWS_OUTER 8
#define ROWS_MATRIX 12
#define DIRECT_PIXELS 28
// Of a second cache of 1 MB or more.
#define COLUMN_BYTES (530 << 10)
// Lane i is the table's lane index[i] % 16.
#define PERMUTED(table, index) ((V)__builtin_ia32_permvarsf512(table, index))
// A value that stays in a register, and is not loaded once a use.
#define IN_REGISTER(v) ({ V kept = (v); __asm__("" : "+v"(kept)); kept; })
// sum + x·v, where the multiplication itself reads the number.
#define PLUS_PRODUCT(sum, x, v) ({ V plus = (sum); __asm__("vfmadd231ps %2%{1to16%}, %1, %0" : "+v"(plus) : "v"(v), "m"(*(x))); plus; })
#define ENGINE_NAME "AVX-512"
#define ENGINE_KEY "avx512"
#define ENGINE cxr_engine_avx512
#include <math.h>
#include <string.h>
#include "convolution_engine.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi,bmi2,prfchw"))), apply_to = function)
#pragma clang fp contract(fast)
#include "engine.inc"
#pragma clang attribute pop
#endif
