// The convolution engine on its own, against loops in double, and the thread pool: built for arm64 and run under an
// emulator by Scripts/check_arm64.sh, so that the portable path is known to compile and to be right there.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convolution_engine.h"
#include "workers.h"

enum { N = 2, H = 37, W = 33, C = 5, K = 11, R = 7, S = 5 };

static float number(void) {
  static unsigned state = 1;
  state = state * 1664525u + 1013904223u;
  return (float)(state >> 8) / 8388608.0f - 1;
}
static float *numbers(size_t count) {
  float *values = malloc(count * sizeof *values);
  for (size_t i = 0; i < count; i++) values[i] = number();
  return values;
}
static float *room(long count) {
  size_t capacity;
  return cxr_take_buffer((size_t)count * sizeof(float), &capacity);
}

static int failures = 0;
static void compare(const char *name, const float *found, const double *expected, long count,
                    double tolerance) {
  double difference = 0, size = 0;
  for (long i = 0; i < count; i++) {
    difference += (found[i] - expected[i]) * (found[i] - expected[i]);
    size += expected[i] * expected[i];
  }
  const double distance = difference == 0 ? 0 : sqrt(difference / size);
  printf("%-16s %.2e\n", name, distance);
  if (!(distance < tolerance)) failures++;
}

// One group of all images, stage after stage, in tiles of a length.
static void fourier(const cxr_engine *e, long T) {
  enum { OH = H - R + 1, OW = W - S + 1 };
  const cxr_tiling t = {H, W, C, R, S, K, 0, 0, OH, OW, T, T - R + 1, T - S + 1,
                        (OH + T - R) / (T - R + 1), (OW + T - S) / (T - S + 1), 0};
  const long tiles = t.tiles_y * t.tiles_x, all = N * tiles, L = e->lanes, kxs = T / 2 + 1;
  const long cb = (C + L - 1) / L, kb = (K + L - 1) / L;
  float *x = numbers(N * H * W * C), *w = numbers(R * S * C * K), *dy = numbers(N * OH * OW * K);
  const long in = e->input_rows(&t), out = e->output_rows(&t), kernel = e->kernel_rows(&t);
  const long is = all * cb * in * 2 * L, os = all * kb * out * 2 * L, ks = kb * C * kernel * 2 * L,
             vs = cb * K * kernel * 2 * L, ws = e->spectrum_stride(C, kb), us = e->spectrum_stride(K, cb);
  float *inputs = room(kxs * is), *outputs = room(kxs * os), *rows = room(kxs * ks), *back = room(kxs * vs);
  float *spectrum = room(T * ws), *transposed = room(T * us), *gradient = room(T * ws);
  float *scratch = room(e->column_scratch(&t)), *swapped = room(R * S * C * K);
  float *y = room(N * OH * OW * K), *dx = room(N * H * W * C), *dw = room(R * S * C * K);
  double bias[64] = {0};

  cxr_swap_channels(w, R * S, C, K, swapped);
  for (long i = 0; i < kb * C; i++) e->transform_kernel_rows(&t, w, C, K, i % C, i / C, rows, ks);
  for (long i = 0; i < cb * K; i++) e->transform_kernel_rows(&t, swapped, K, C, i % K, i / K, back, vs);
  for (long q = 0; q < all; q += t.tiles_x)
    e->transform_input(&t, x + q / tiles * H * W * C, 0, 0, 0, q % tiles / t.tiles_x, inputs + q * cb * in * 2 * L,
                       is);
  for (long kx = 0; kx < kxs; kx++) {
    e->transform_kernel_column(&t, kx, C, K, 1, rows + kx * ks, spectrum);
    e->multiply_column(&t, all, kx, inputs, is, spectrum, outputs, os, scratch);
  }
  for (long q = 0; q < all; q++)
    for (long b = 0; b < kb; b++)
      e->store_output(&t, outputs + (q * kb + b) * out * 2 * L, os, 0, q % tiles, b,
                      y + q / tiles * OH * OW * K);
  for (long q = 0; q < all; q += t.tiles_x)
    e->transform_gradient(&t, dy + q / tiles * OH * OW * K, q % tiles / t.tiles_x,
                          outputs + q * kb * out * 2 * L, os);
  for (long kx = 0; kx < kxs; kx++) {
    e->transform_kernel_column(&t, kx, K, C, 0, back + kx * vs, transposed);
    const cxr_share share = {all, gradient, 0, bias};
    e->differentiate_column(&t, &share, 1, kx, inputs, is, outputs, os, transposed, scratch);
    e->kernel_gradient_column(&t, kx, gradient, 0, rows + kx * ks);
  }
  for (long i = 0; i < kb * C; i++) e->kernel_gradient_rows(&t, i % C, i / C, rows, ks, dw);
  for (long q = 0; q < N * cb; q++)
    e->store_input_gradient(&t, inputs + q / cb * tiles * cb * in * 2 * L, is, q % cb, q % cb + 1, dx + q / cb * H * W * C);

  double *ey = calloc(N * OH * OW * K, sizeof *ey), *ex = calloc(N * H * W * C, sizeof *ex);
  double *ew = calloc(R * S * C * K, sizeof *ew);
  for (long n = 0; n < N; n++)
    for (long oy = 0; oy < OH; oy++)
      for (long ox = 0; ox < OW; ox++)
        for (long r = 0; r < R; r++)
          for (long s = 0; s < S; s++)
            for (long c = 0; c < C; c++)
              for (long k = 0; k < K; k++) {
                const long i = ((n * H + oy + r) * W + ox + s) * C + c, j = ((r * S + s) * C + c) * K + k;
                const long o = ((n * OH + oy) * OW + ox) * K + k;
                ey[o] += (double)x[i] * w[j];
                ex[i] += (double)dy[o] * w[j];
                ew[j] += (double)dy[o] * x[i];
              }
  compare("output", y, ey, N * OH * OW * K, 1e-6);
  compare("input gradient", dx, ex, N * H * W * C, 1e-5);
  compare("kernel gradient", dw, ew, R * S * C * K, 1e-5);
}

static void direct(const cxr_engine *e) {
  enum { OH = H - R + 1, OW = W - S + 1, P = OH / 2, Q = OW / 2 };
  const cxr_direct t = {H, W, 1, R, S, K, 0, 0, OH, OW};
  const long L = e->lanes, kb = (K + L - 1) / L, size = e->direct_gradient_size(&t);
  float *x = numbers(H * W), *w = numbers(R * S * K), *b = numbers(K), *g = numbers(P * Q * K);
  float *prepared = room(e->direct_kernel_size(&t)), *scratch = room(e->direct_scratch(&t));
  float *values = room(P * Q * K), *share = room(size), *dw = room(R * S * K);
  uint8_t *choices = calloc((size_t)(P * Q * kb * L), 1);
  double *counts = calloc(P, sizeof *counts), *moments = calloc((size_t)(P * kb * L * 2), sizeof *moments);
  double bias[64] = {0};
  e->direct_prepare(&t, w, prepared);
  const cxr_pooling pool = {P, Q, b, values, choices, counts, moments};
  for (long band = 0; band * CXR_DIRECT_ROWS < OH; band++)
    e->direct_pool(&t, x, prepared, band, &pool, band, scratch);
  const cxr_pooled_gradient back = {P, Q, g, values, choices, 0, 0, 0};
  memset(share, 0, (size_t)size * sizeof *share);
  for (long row = 0; row < P; row += CXR_GRADIENT_ROWS) {
    const long end = row + CXR_GRADIENT_ROWS < P ? row + CXR_GRADIENT_ROWS : P;
    e->direct_gradient(&t, x, &back, row, end, share, bias, scratch);
  }
  for (long r = 0; r < R; r++)
    for (long s = 0; s < S; s++)
      for (long k = 0; k < K; k++) dw[(r * S + s) * K + k] = share[e->direct_gradient_place(&t, r, s, k)];

  double *ev = calloc(P * Q * K, sizeof *ev), *ew = calloc(R * S * K, sizeof *ew);
  for (long py = 0; py < P; py++)
    for (long px = 0; px < Q; px++)
      for (long k = 0; k < K; k++) {
        double best = 0;
        long place = 0;
        for (long i = 0; i < 4; i++) {
          double sum = b[k];
          for (long r = 0; r < R; r++)
            for (long s = 0; s < S; s++)
              sum += (double)x[(2 * py + i / 2 + r) * W + 2 * px + i % 2 + s] * w[(r * S + s) * K + k];
          if (i == 0 || sum > best) {
            best = sum;
            place = i;
          }
        }
        const long o = (py * Q + px) * K + k;
        ev[o] = best > 0 ? best : 0;
        for (long r = 0; r < R && best > 0; r++)
          for (long s = 0; s < S; s++)
            ew[(r * S + s) * K + k] +=
                (double)g[o] * x[(2 * py + place / 2 + r) * W + 2 * px + place % 2 + s];
      }
  compare("pooled", values, ev, P * Q * K, 1e-6);
  compare("pooled kernel", dw, ew, R * S * K, 1e-5);
}

// c = a·b and c += aᵀ·b, of rows, depth and columns that fill no block, of a normalised and rectified or as it is.
static void products(const cxr_engine *e, long rows, long depth, long columns, int normalised) {
  const long lda = depth + 3, ldc = columns + 5;
  float *a = numbers((size_t)(rows * lda)), *b = numbers((size_t)(depth * columns)), *g = numbers((size_t)(rows * ldc));
  float *factor = numbers((size_t)depth), *offset = numbers((size_t)depth), *c = room(rows * ldc);
  float *t = numbers((size_t)(depth * columns)), *scratch = room(e->product_scratch(depth));
  float *packed = room(e->packed_matrix_size(depth, columns));
  const cxr_rows read = {a, lda, normalised ? factor : 0, normalised ? offset : 0};
  double *x = calloc((size_t)(rows * depth), sizeof *x), *ec = calloc((size_t)(rows * columns), sizeof *ec),
         *et = calloc((size_t)(depth * columns), sizeof *et);
  for (long i = 0; i < rows; i++)
    for (long p = 0; p < depth; p++) {
      const float z = a[i * lda + p] * factor[p] + offset[p];
      x[i * depth + p] = normalised ? z < 0 ? 0 : z : a[i * lda + p];
    }
  for (long i = 0; i < depth * columns; i++) et[i] = t[i];
  for (long i = 0; i < rows; i++)
    for (long p = 0; p < depth; p++)
      for (long j = 0; j < columns; j++) {
        ec[i * columns + j] += x[i * depth + p] * b[p * columns + j];
        et[p * columns + j] += x[i * depth + p] * g[i * ldc + j];
      }
  e->pack_matrix(b, columns, 1, depth, columns, packed);
  for (long i = 0; i < rows * ldc; i++) c[i] = 7;
  // In two runs, as threads may cut it.
  e->multiply_rows(&read, 0, rows / 3, depth, packed, columns, c, ldc, scratch);
  e->multiply_rows(&read, rows / 3, rows, depth, packed, columns, c, ldc, scratch);
  for (long i = 0; i < rows; i++)
    for (long j = columns; j < ldc; j++)
      if (c[i * ldc + j] != 7) failures++;
  for (long i = 1; i < rows; i++) memmove(c + i * columns, c + i * ldc, (size_t)columns * sizeof *c);
  compare("product", c, ec, rows * columns, 1e-6);
  float *room2 = room(e->transposed_product_scratch(depth, columns));
  e->multiply_transposed(&read, 0, rows, depth, g, ldc, columns, 1, t, columns, room2);
  compare("transposed", t, et, depth * columns, 1e-6);
}

static void add(void *context, long worker) { ((long *)context)[worker] += worker + 1; }

int main(void) {
  const cxr_engine *e = cxr_engine_default();
  printf("%s, %ld lanes\n", e->name, e->lanes);
  for (long i = 0; i < cxr_tile_lengths(); i++) {
    printf("tiles of %ld\n", cxr_tile_length(i));
    fourier(e, cxr_tile_length(i));
  }
  direct(e);
  const long sizes[][3] = {{1, 1, 1}, {5, 7, 3}, {97, 300, 40}, {200, 257, 16}, {300, 64, 75}, {131, 16, 128}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int normalised = 0; normalised < 2; normalised++)
      products(e, sizes[i][0], sizes[i][1], sizes[i][2], normalised);
  long sums[3] = {0};
  cxr_run_workers(3, add, sums);
  if (sums[0] + sums[1] + sums[2] != 6) failures++;
  return failures ? 1 : 0;
}
