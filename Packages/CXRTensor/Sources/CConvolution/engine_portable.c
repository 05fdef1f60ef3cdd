// Clang's vector extensions and nothing else: SSE2, NEON, or whatever the machine's least is.
#define L 8
#define ROWS_PRODUCT 3
#define ROWS_OUTER 3
#define ROWS_MATRIX 4
#define DIRECT_PIXELS 12
#define COLUMN_BYTES (230 << 10)
#define ENGINE_NAME "portable"
#define ENGINE_KEY "portable"
#define ENGINE cxr_engine_portable
#pragma clang fp contract(fast)
#include "engine.inc"
