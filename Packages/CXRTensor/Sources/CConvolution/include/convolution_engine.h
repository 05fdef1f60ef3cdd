// The compute side of convolutions: stages that Swift calls in an order and on threads of its choosing.
// Plain C, built without special flags, once for each vector unit; `cxr_engine` picks one at run time.
//
// Words: L, the lanes: channels that one vector holds. A channel block: L channels, the last one of a
// tensor perhaps partly empty. C, K: channels in and out. A complex vector: L real parts, then L
// imaginary ones. kx, ky: frequencies along rows and columns. Counts are elements, never bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Output rows that direct sums form at once, and pooled rows that they differentiate at once.
enum { CXR_DIRECT_ROWS = 4, CXR_GRADIENT_ROWS = 8 };

/// How a convolution is cut into square tiles whose transforms have `tile` points an axis.
typedef struct {
  /// The input, `[height, width, channels]` an image, and the kernel, `[kernel_height, kernel_width,
  /// channels, filters]`.
  long height, width, channels;
  long kernel_height, kernel_width, filters;
  /// Zeros before the first row and column.
  long pad_top, pad_left;
  /// The outputs that are wanted, which pooling may make fewer than there are.
  long out_height, out_width;
  /// Points a transform, outputs a tile and axis, tiles an axis.
  long tile, step_y, step_x, tiles_y, tiles_x;
  /// Whether a vector holds the few channels of several tiles, a pack, and not those of one.
  int packed;
} cxr_tiling;

/// What pooling remembers of one image: pooled values `[rows, columns, K]`, and which of each 2×2
/// window won, as `2·L` bits a pixel and channel block: L column bits, then L row bits.
typedef struct {
  long rows, columns;
  const float *bias;
  float *values;
  uint8_t *choices;
  /// For each part of an image (tile or band of rows): its number of pixels, and a channel the sum of
  /// its values and the sum of their squared distances from the part's own mean. `[parts]` and
  /// `[parts, blocks·L, 2]`; null in inference.
  double *counts, *moments;
} cxr_pooling;

/// The pooled gradient's way back: d = a·g + b·p + c where p > 0, else 0, at the place that won.
typedef struct {
  long rows, columns;
  /// g and p, `[rows, columns, K]`; null coefficients mean a = 1, b = c = 0.
  const float *gradient, *values;
  const uint8_t *choices;
  const float *a, *b, *c;
} cxr_pooled_gradient;

/// Tiles, side by side in a group, over which gradients of kernel and bias are summed by themselves.
typedef struct {
  long tiles;
  /// The kernel gradient's spectrum at one kx; null where it is not wanted. Added to where `accumulate`.
  float *kernel_gradient;
  int accumulate;
  /// `[blocks·L]`, added to at kx = 0; null where it is not wanted.
  double *bias_gradient;
} cxr_share;

/// A convolution of few input channels without transforms, CXR_DIRECT_ROWS output rows at a time.
typedef struct {
  long height, width, channels;
  long kernel_height, kernel_width, filters;
  long pad_top, pad_left;
  long out_height, out_width;
} cxr_direct;

/// Rows of a matrix as a product reads them: `stride` floats from one to the next, and, where there are factors, one a column
/// with an offset, the positive part of x·factor + offset.
typedef struct {
  const float *values;
  long stride;
  const float *factor, *offset;
} cxr_rows;

/// The stages for one vector unit.
typedef struct {
  const char *name;
  /// What CXR_VECTORS calls it.
  const char *key;
  long lanes;

  // ---- Tiled Fourier transforms. Row spectra: [kx][tile][block][row][2L].

  /// Additions of one complex transform of a length.
  long (*transform_additions)(long tile);
  /// Rows that one tile holds in the row spectra of inputs and of outputs.
  long (*input_rows)(const cxr_tiling *);
  long (*output_rows)(const cxr_tiling *);
  /// Floats from one frequency to the next in a spectrum of `inner` channels by `outer` blocks.
  long (*spectrum_stride)(long inner, long outer);
  /// Floats of scratch that `multiply_column` and `differentiate_column` need.
  long (*column_scratch)(const cxr_tiling *);

  /// Vectors that the channels of so many tiles take, which is whole packs where they are packed.
  long (*input_vectors)(const cxr_tiling *, long tiles);
  /// Row spectra of the input's strip `strip`, a row of tiles with all their channel blocks:
  /// x·scale + shift, or its positive part, zero outside. Scale and shift, `[C]`, may be null where it is not rectified.
  /// `rows` is the place of the strip's first tile, `stride` is floats from one kx to the next.
  void (*transform_input)(const cxr_tiling *, const float *image, const float *scale,
                          const float *shift, int is_rectified, long strip, float *rows, long stride);
  /// The same, never rectified, for the pack that begins with tile `first` of the `count` tiles of several images.
  void (*transform_packed_input)(const cxr_tiling *, const float *images, const float *scale,
                                 const float *shift, long first, long count, float *rows, long stride);
  /// Row spectra of an output gradient's strip, from the gradient itself or from the pooled one.
  void (*transform_gradient)(const cxr_tiling *, const float *gradient, long strip, float *rows,
                             long stride);
  void (*transform_pooled_gradient)(const cxr_tiling *, const cxr_pooled_gradient *, long strip,
                                    float *rows, long stride);

  /// Row spectra of the kernel, `[R, S, inner, outer]`: [kx][outer block][inner][8 or more rows][2L].
  long (*kernel_rows)(const cxr_tiling *);
  void (*transform_kernel_rows)(const cxr_tiling *, const float *kernel, long inner, long outer,
                                long channel, long block, float *rows, long stride);
  /// The kernel's spectrum at kx, [ky][outer block][inner][2L], scaled for the way back; conjugated for
  /// the correlation that a convolution layer is. `rows` are those of kx.
  void (*transform_kernel_column)(const cxr_tiling *, long kx, long inner, long outer, int conjugate,
                                  const float *rows, float *spectrum);

  /// At kx: column transforms of the inputs' row spectra, products with the kernel's spectrum there, and
  /// inverse column transforms into the outputs' row spectra, for `tiles` tiles.
  void (*multiply_column)(const cxr_tiling *, long tiles, long kx, const float *input_rows,
                          long input_stride, const float *spectrum, float *output_rows,
                          long output_stride, float *scratch);
  /// At kx, for the tiles of `count` shares: each share's kernel gradient's spectrum there and bias gradient,
  /// and, where `transposed_spectrum` is given, the input gradient's row spectra in place of the inputs'. What
  /// a share comes to depends on its own tiles alone. Packed inputs have one share.
  void (*differentiate_column)(const cxr_tiling *, const cxr_share *shares, long count, long kx,
                               float *input_rows, long input_stride, const float *gradient_rows,
                               long gradient_stride, const float *transposed_spectrum, float *scratch);

  /// Outputs of one tile and block: plus bias (may be null), stored to `[H′, W′, K]`.
  void (*store_output)(const cxr_tiling *, const float *rows, long stride, const float *bias,
                       long tile, long block, float *output);
  /// Outputs of one tile and block: 2×2 maximum, bias, ReLU; `part` is the tile's place in the moments.
  void (*pool_output)(const cxr_tiling *, const float *rows, long stride, const cxr_pooling *,
                      long tile, long block, long part);
  /// The input gradient of one image from the row spectra of its tiles: of `[H, W, C]` all channels of blocks first ..< last
  /// are written.
  void (*store_input_gradient)(const cxr_tiling *, const float *rows, long stride, long first, long last,
                               float *gradient);
  /// The kernel gradient's spectrum at kx, the sum of two unless the second is null, to row spectra of kx; and
  /// row spectra to `[R, S, C, K]`.
  void (*kernel_gradient_column)(const cxr_tiling *, long kx, const float *first, const float *second,
                                 float *rows);
  void (*kernel_gradient_rows)(const cxr_tiling *, long channel, long block, const float *rows,
                               long stride, float *gradient);

  // ---- Direct convolution of at most four input channels.

  /// Floats of the prepared kernel, and of scratch for one thread.
  long (*direct_kernel_size)(const cxr_direct *);
  long (*direct_scratch)(const cxr_direct *);
  void (*direct_prepare)(const cxr_direct *, const float *kernel, float *prepared);
  /// The CXR_DIRECT_ROWS output rows of a band of one image: plus bias, to `[H′, W′, K]`; or pooled.
  void (*direct_store)(const cxr_direct *, const float *image, const float *prepared, long band,
                       const float *bias, float *output, float *scratch);
  void (*direct_pool)(const cxr_direct *, const float *image, const float *prepared, long band,
                      const cxr_pooling *, long part, float *scratch);
  /// Adds the share of pooled rows first ..< last, at most CXR_GRADIENT_ROWS, of the bias's gradient to
  /// `[blocks·L]` and of the kernel's to direct_gradient_size floats in an order of the unit's own: the
  /// kernel's row r, column and channel s·C + c, filter k are at direct_gradient_place(r, s·C + c, k).
  long (*direct_gradient_size)(const cxr_direct *);
  long (*direct_gradient_place)(const cxr_direct *, long row, long column, long filter);
  void (*direct_gradient)(const cxr_direct *, const float *image, const cxr_pooled_gradient *,
                          long first, long last, float *kernel_gradient, double *bias_gradient,
                          float *scratch);

  // ---- Between the two.

  /// The dense gradient of the convolution's output from the pooled one: `[H′, W′, K]`, all written.
  void (*unpool)(long out_height, long out_width, long filters, const cxr_pooled_gradient *,
                 float *gradient);
  /// Sums over one image's pixels of g and g·(x − mean), of `[C, 2]` those of blocks first ..< last.
  void (*gradient_sums)(const float *values, const float *gradient, const double *mean, long pixels,
                        long channels, long first, long last, double *sums);

  // ---- Matrix products.

  /// Floats of a packed matrix `[depth, columns]`, and the packing of one whose element (p, j) lies at p·row + j·column.
  long (*packed_matrix_size)(long depth, long columns);
  void (*pack_matrix)(const float *matrix, long row, long column, long depth, long columns, float *packed);
  /// Rows first ..< last of a times the packed matrix, to rows of c that are `ldc` floats apart. What a row comes to depends
  /// on no other.
  long (*product_scratch)(long depth);
  void (*multiply_rows)(const cxr_rows *a, long first, long last, long depth, const float *packed, long columns,
                        float *c, long ldc, float *scratch);
  /// aᵀ·b over rows first ..< last, `inner` columns of a by `outer` of b, whose rows are `ldb` floats apart, to c, added to
  /// it where `accumulate`.
  long (*transposed_product_scratch)(long inner, long outer);
  void (*multiply_transposed)(const cxr_rows *a, long first, long last, long inner, const float *b, long ldb,
                              long outer, int accumulate, float *c, long ldc, float *scratch);

  /// Multiplications with addition that `rounds` of independent ones carry out; their sum goes to
  /// `result`, which must hold 0.
  double (*multiply_add)(long rounds, float *result);
} cxr_engine;

/// The stages for this machine: the widest vector unit it has, or the one that the environment variable
/// CXR_VECTORS names by its key (portable, avx2 or avx512), where the machine has it.
const cxr_engine *cxr_engine_default(void);
/// The same stages with the most lanes that are at most `lanes`, for tensors of few channels.
const cxr_engine *cxr_engine_of_lanes(long lanes);

/// The number of frequencies that a real tile has, and the place of kx's first among them.
long cxr_frequencies(long tile);
long cxr_first_frequency(long tile, long kx);
/// How many transform lengths there are, and each, ascending.
long cxr_tile_lengths(void);
long cxr_tile_length(long place);

/// The number of pixels, and their mean and the sum of their squared distances from it, `[channels]`, from the
/// moments of parts, in part order.
double cxr_combine_moments(long parts, long channels, long stride, const double *counts,
                           const double *moments, double *mean, double *squares);
/// Swaps the two channel axes: `[area, a, b]` to `[area, b, a]`.
void cxr_swap_channels(const float *kernel, long area, long a, long b, float *swapped);

/// Buffers in use and those kept for the next take together what was in use at once before, or so many bytes, and a sixteenth.
enum { CXR_LEAST_KEPT = 256 << 20 };
/// Where what is kept cannot be cut: below so many bytes a buffer may be four times as large as what is asked for, else a quarter
/// larger.
enum { CXR_SCRATCH = 8 << 20 };

/// Memory of any content at a multiple of 64 bytes, in huge pages where it is large; null where there is
/// none. A buffer that was given back is taken again before the system is asked for one. `capacity` is
/// what must be given back with it.
void *cxr_take_buffer(size_t bytes, size_t *capacity);

/// What a buffer of `bytes` takes, with the rest of its last page.
size_t cxr_buffer_footprint(size_t bytes);

/// Whether the system would give `bytes` in one piece now; it keeps them.
int cxr_can_allocate(size_t bytes);
/// Keeps a buffer for the next; of many idle ones the oldest goes back to the system.
void cxr_give_buffer(void *memory, size_t capacity);
/// How many large buffers the system has been asked for.
long cxr_made_buffers(void);

/// Buffers that come and go by the same rule, of a process or of a forecast.
typedef struct cxr_pool cxr_pool;
/// A forecast: what would be taken is counted, and no memory lies behind it; null where there is none for the count.
cxr_pool *cxr_make_forecast(void);
/// As `cxr_take_buffer`; the address must not be read.
void *cxr_pool_take(cxr_pool *pool, size_t bytes, size_t *capacity);
/// As `cxr_give_buffer`.
void cxr_pool_give(cxr_pool *pool, void *memory, size_t capacity);
/// The most bytes that were in use and kept at once.
size_t cxr_most_held(const cxr_pool *forecast);
void cxr_end_forecast(cxr_pool *forecast);
