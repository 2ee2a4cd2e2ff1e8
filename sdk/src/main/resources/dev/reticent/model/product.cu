// Products with few rows, as decoding has them: y [rows,out] = x [rows,in] Wᵀ, from bf16 or straight from NF4. Reading W is
// all that takes time, so it is read once for up to sixteen rows.
//
// A block makes sixteen outputs, a tile, and where there are fewer blocks than tiles it goes on with another. Its eight warps
// share out the inputs in pieces of 64, in turn, and `joined` adds their sums in a fixed order; so a row gets the same bits
// in any company and for any number of blocks. A warp's lanes stand four to a row of W or x, each with sixteen of a piece's
// inputs. Tensor cores take their inputs in another order than they lie in memory, the same for W and x: only the order of
// a sum.

static const int WARPS = 8;
static const int PIECE = 64;

// Inputs of a lane: eight neighbors, two in a word.
struct Inputs {
  unsigned at[4];
};

__device__ __forceinline__ Inputs inputs(const half2bytes* from) {
  uint4 eight = *(const uint4*)from;
  Inputs x = {{eight.x, eight.y, eight.z, eight.w}};
  return x;
}

// W in bf16: of each half of a piece a lane has eight inputs.
struct Plain {
  static const int LANE = 8;
  static const int HALF = 32;
  const half2bytes* w;
};

// W in NF4: a lane has sixteen neighbors. The codes are multiplied in bf16, the scale of a block of 64 in fp32 behind them.
struct Packed {
  static const int LANE = 16;
  static const int HALF = 8;
  const byte* data;
  const byte* scales;
  const float* extra;
};

// What the bytes of Packed stand for: a byte's two values, once for each bank of shared memory, so that the lanes of a warp
// look up side by side; and the 256 codes of scales. Nothing of Plain's.
static const int COPIES = 32;

struct LookUps {
  const unsigned* table;
  const float* scales;
};

// Fills table [256·COPIES] and known [256], by 256 threads.
__device__ __forceinline__ LookUps look_ups(const float* pairs, const float* scales, unsigned* table, float* known) {
  int own = threadIdx.x;
  unsigned both = to_bf16(pairs[2 * own]) | ((unsigned)to_bf16(pairs[2 * own + 1]) << 16);
  for (int i = 0; i < COPIES; i++) table[COPIES * own + (i + own) % COPIES] = both;
  known[own] = scales[own];
  __syncthreads();
  LookUps looked = {table, known};
  return looked;
}

// What four bytes of codes stand for. A byte's copies take 128 bytes of the table, of which `lane` is a thread's own.
__device__ __forceinline__ Inputs looked_up(unsigned codes, LookUps looked, unsigned lane) {
  const byte* table = (const byte*)looked.table;
  Inputs x;
  x.at[0] = *(const unsigned*)(table + (codes << 7 & 0x7f80u | lane));
  x.at[1] = *(const unsigned*)(table + (codes >> 1 & 0x7f80u | lane));
  x.at[2] = *(const unsigned*)(table + (codes >> 9 & 0x7f80u | lane));
  x.at[3] = *(const unsigned*)(table + (codes >> 17 & 0x7f80u | lane));
  return x;
}

// The inputs of a piece at `at` of the rows of x that a lane feeds to tile t: none behind the last.
__device__ __forceinline__ void rows_of(Inputs two[2], const half2bytes* x, int at, int in, int rows, int t) {
  int row = 8 * t + threadIdx.x % 32 / 4;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    Inputs none = {{0u, 0u, 0u, 0u}};
    two[half] = row < rows ? inputs(x + row * in + at + Plain::LANE * (threadIdx.x % 4) + Plain::HALF * half) : none;
  }
}

// sum += a tile of W, of which a lane has rows l/4 and l/4 + 8, times eight rows of x; 32 inputs.
__device__ __forceinline__ void add_tile(float sum[4], Inputs low, Inputs high, Inputs x) {
  add_product(sum, low.at[0], high.at[0], low.at[1], high.at[1], x.at[0], x.at[1]);
  add_product(sum, low.at[2], high.at[2], low.at[3], high.at[3], x.at[2], x.at[3]);
}

// The rows of W that a lane reads; behind the last it reads that again.
__device__ __forceinline__ long lower(long tile, long out) {
  long row = 16 * tile + threadIdx.x % 32 / 4;
  return row < out ? row : out - 1;
}

__device__ __forceinline__ long higher(long tile, long out) {
  long row = 16 * tile + threadIdx.x % 32 / 4 + 8;
  return row < out ? row : out - 1;
}

__device__ __forceinline__ void clear(float sums[2][4]) {
#pragma unroll
  for (int t = 0; t < 2; t++)
#pragma unroll
    for (int i = 0; i < 4; i++) sums[t][i] = 0.f;
}

// A tile's outputs, of which a lane has some and a warp a part of each sum.
__device__ __forceinline__ void multiply(Plain w, LookUps, const half2bytes* x, int in, long out, int rows, long tile,
    float sums[2][4]) {
  const half2bytes* low = w.w + lower(tile, out) * in + Plain::LANE * (threadIdx.x % 4);
  const half2bytes* high = w.w + higher(tile, out) * in + Plain::LANE * (threadIdx.x % 4);
  int tiles = rows > 8 ? 2 : 1;
  clear(sums);
#pragma unroll 4
  for (int at = PIECE * (threadIdx.x / 32); at < in; at += PIECE * WARPS) {
    Inputs first[2] = {inputs(low + at), inputs(low + at + Plain::HALF)};
    Inputs second[2] = {inputs(high + at), inputs(high + at + Plain::HALF)};
#pragma unroll
    for (int t = 0; t < 2; t++) {
      if (t >= tiles) break;
      Inputs given[2];
      rows_of(given, x, at, in, rows, t);
#pragma unroll
      for (int half = 0; half < 2; half++) add_tile(sums[t], first[half], second[half], given[half]);
    }
  }
}

// The scales' codes of so many blocks that follow each other, a byte each.
template <int PIECES>
__device__ __forceinline__ unsigned scales_of(const byte* first) {
  return PIECES == 4 ? *(const unsigned*)first : *first;
}

// Where a lane finds the row of x that it feeds to tile t. Behind the last row it takes that again, and nobody asks for what
// comes of it.
__device__ __forceinline__ const half2bytes* row_of(const half2bytes* x, int in, int rows, int t) {
  int row = 8 * t + threadIdx.x % 32 / 4;
  return x + (row < rows ? row : rows - 1) * in + Packed::LANE * (threadIdx.x % 4);
}

// A warp takes PIECES that follow each other, whose codes are on their way together and whose scales share a factor.
template <int PIECES>
__device__ __forceinline__ void multiply_by(Packed w, LookUps looked, const half2bytes* x, int in, long out, int rows,
    long tile, float sums[2][4]) {
  long low = lower(tile, out) * in;
  long high = higher(tile, out) * in;
  const half2bytes* of_rows[2] = {row_of(x, in, rows, 0), row_of(x, in, rows, 1)};
  int tiles = rows > 8 ? 2 : 1;
  unsigned lane = 4 * (threadIdx.x % COPIES);
  float offset = w.extra[0];
  clear(sums);
  for (int start = PIECE * PIECES * (threadIdx.x / 32); start < in; start += PIECE * PIECES * WARPS) {
    const byte* low_codes = w.data + (low + start) / 2 + 8 * (threadIdx.x % 4);
    const byte* high_codes = w.data + (high + start) / 2 + 8 * (threadIdx.x % 4);
    unsigned low_block = (low + start) / PIECE;
    unsigned high_block = (high + start) / PIECE;
    uint2 lows[PIECES];
    uint2 highs[PIECES];
#pragma unroll
    for (int a = 0; a < PIECES; a++) {
      lows[a] = *(const uint2*)(low_codes + PIECE / 2 * a);
      highs[a] = *(const uint2*)(high_codes + PIECE / 2 * a);
    }
    unsigned low_scales = scales_of<PIECES>(w.scales + low_block);
    unsigned high_scales = scales_of<PIECES>(w.scales + high_block);
    float low_extra = w.extra[1 + low_block / 256];
    float high_extra = w.extra[1 + high_block / 256];
#pragma unroll
    for (int a = 0; a < PIECES; a++) {
      int at = start + PIECE * a;
      Inputs first[2] = {looked_up(lows[a].x, looked, lane), looked_up(lows[a].y, looked, lane)};
      Inputs second[2] = {looked_up(highs[a].x, looked, lane), looked_up(highs[a].y, looked, lane)};
      float of_low = looked.scales[low_scales >> 8 * a & 255u] * low_extra + offset;
      float of_high = looked.scales[high_scales >> 8 * a & 255u] * high_extra + offset;
#pragma unroll
      for (int t = 0; t < 2; t++) {
        if (t >= tiles) break;
        Inputs given[2] = {inputs(of_rows[t] + at), inputs(of_rows[t] + at + Packed::HALF)};
        float part[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll
        for (int half = 0; half < 2; half++) add_tile(part, first[half], second[half], given[half]);
#pragma unroll
        for (int i = 0; i < 4; i++) sums[t][i] = fmaf(i < 2 ? of_low : of_high, part[i], sums[t][i]);
      }
    }
  }
}

__device__ __forceinline__ void multiply(Packed w, LookUps looked, const half2bytes* x, int in, long out, int rows, long tile,
    float sums[2][4]) {
  if (in % (4 * PIECE) == 0)
    multiply_by<4>(w, looked, x, in, out, rows, tile, sums);
  else
    multiply_by<1>(w, looked, x, in, out, rows, tile, sums);
}

// A thread's output of the tile's [16 outputs,16 rows], from the warps' sums.
__device__ __forceinline__ float joined(float sums[2][4], float* shared) {
  int warp = threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  __syncthreads();
#pragma unroll
  for (int t = 0; t < 2; t++)
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int output = lane / 4 + 8 * (i / 2);
      int row = 8 * t + 2 * (lane % 4) + i % 2;
      shared[256 * warp + 16 * row + output] = sums[t][i];
    }
  __syncthreads();
  float sum = 0.f;
  for (int w = 0; w < WARPS; w++) sum += shared[256 * w + threadIdx.x];
  return sum;
}

// The row and the output that are a thread's; out of reach where there is none.
__device__ __forceinline__ int own_row() { return threadIdx.x / 16; }

__device__ __forceinline__ long own_output(long tile) { return 16 * tile + threadIdx.x % 16; }

// y = x Wᵀ, plus what is in `add` if it is not null.
template <class W>
__device__ __forceinline__ void product(W w, LookUps looked, const half2bytes* x, const half2bytes* add, half2bytes* y,
    long in, long out, long rows) {
  __shared__ float shared[WARPS * 256];
  for (long tile = blockIdx.x; 16 * tile < out; tile += gridDim.x) {
    float sums[2][4];
    multiply(w, looked, x, in, out, rows, tile, sums);
    float sum = rounded(joined(sums, shared));
    long output = own_output(tile);
    long place = own_row() * out + output;
    if (own_row() < rows && output < out) y[place] = to_bf16(add ? sum + from_bf16(add[place]) : sum);
  }
}

// y = silu(x Gᵀ)·(x Uᵀ)
template <class W>
__device__ __forceinline__ void gated(W gate, W up, LookUps looked, const half2bytes* x, half2bytes* y, long in, long out,
    long rows) {
  __shared__ float shared[WARPS * 256];
  for (long tile = blockIdx.x; 16 * tile < out; tile += gridDim.x) {
    float sums[2][4];
    multiply(gate, looked, x, in, out, rows, tile, sums);
    float active = silu(rounded(joined(sums, shared)));
    multiply(up, looked, x, in, out, rows, tile, sums);
    float sum = rounded(joined(sums, shared));
    long output = own_output(tile);
    if (own_row() < rows && output < out) y[own_row() * out + output] = to_bf16(active * sum);
  }
}

extern "C" __global__ void __launch_bounds__(256, 4) product_bf16(const half2bytes* x, const half2bytes* w, const half2bytes* add, half2bytes* y,
    long in, long out, long rows) {
  Plain plain = {w};
  product(plain, LookUps(), x, add, y, in, out, rows);
}

extern "C" __global__ void gated_bf16(const half2bytes* x, const half2bytes* gate, const half2bytes* up, half2bytes* y,
    long in, long out, long rows) {
  Plain of_gate = {gate};
  Plain of_up = {up};
  gated(of_gate, of_up, LookUps(), x, y, in, out, rows);
}

extern "C" __global__ void __launch_bounds__(256, 3) nf4_product_bf16(const half2bytes* x, const byte* data, const byte* scale, const float* extra,
    const float* pairs, const float* scales, const half2bytes* add, half2bytes* y, long in, long out, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  Packed packed = {data, scale, extra};
  product(packed, look_ups(pairs, scales, table, known), x, add, y, in, out, rows);
}

extern "C" __global__ void __launch_bounds__(256, 3) nf4_gated_bf16(const half2bytes* x, const byte* gate, const byte* gate_scale,
    const float* gate_extra, const byte* up, const byte* up_scale, const float* up_extra, const float* pairs,
    const float* scales, half2bytes* y, long in, long out, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  Packed of_gate = {gate, gate_scale, gate_extra};
  Packed of_up = {up, up_scale, up_extra};
  gated(of_gate, of_up, look_ups(pairs, scales, table, known), x, y, in, out, rows);
}
