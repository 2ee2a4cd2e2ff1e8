// Products with few rows, as decoding has them: y [rows,out] = x [rows,in] Wᵀ, from bf16 or straight from NF4. Reading W is
// all that takes time, so it is read once for up to sixteen rows.
//
// A block makes sixteen outputs. Its eight warps share out the inputs in pieces of 64, in turn, and `finish` adds their sums
// in a fixed order; so a row gets the same bits in any company. A warp's lanes stand four to a row of W or x, each with
// eight neighbors of every 32 inputs. Tensor cores take their inputs in another order than they lie in memory, the same for
// W and x: only the order of a sum.

static const int WARPS = 8;

// Inputs of a lane: eight neighbors, two in a word.
struct Inputs {
  unsigned at[4];
};

__device__ __forceinline__ Inputs inputs(const half2bytes* row, long at) {
  uint4 eight = *(const uint4*)(row + at + 8 * (threadIdx.x % 4));
  Inputs x = {{eight.x, eight.y, eight.z, eight.w}};
  return x;
}

// The 64 inputs at `at` of the rows of x that a lane feeds to tile t: none behind the last.
__device__ __forceinline__ void rows_of(Inputs two[2], const half2bytes* x, long at, long in, long rows, int t) {
  long row = 8 * t + threadIdx.x % 32 / 4;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    Inputs none = {{0u, 0u, 0u, 0u}};
    two[half] = row < rows ? inputs(x + row * in, at + 32 * half) : none;
  }
}

// sum += a tile of W, of which a lane has rows l/4 and l/4 + 8, times eight rows of x; 32 inputs.
__device__ __forceinline__ void add_tile(float sum[4], Inputs low, Inputs high, Inputs x) {
  add_product(sum, low.at[0], high.at[0], low.at[1], high.at[1], x.at[0], x.at[1]);
  add_product(sum, low.at[2], high.at[2], low.at[3], high.at[3], x.at[2], x.at[3]);
}

// A thread's output of the block's [16 outputs,16 rows], from the warps' sums.
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
  return rounded(sum);
}

// Where that output is written, or -1 where there is none.
__device__ __forceinline__ long place_of(long out, long rows) {
  long row = threadIdx.x / 16;
  long output = 16 * blockIdx.x + threadIdx.x % 16;
  return row < rows && output < out ? row * out + output : -1;
}

// The rows of W that a lane reads; behind the last it reads that again.
__device__ __forceinline__ long lower(long out) {
  long row = 16 * blockIdx.x + threadIdx.x % 32 / 4;
  return row < out ? row : out - 1;
}

__device__ __forceinline__ long higher(long out) {
  long row = 16 * blockIdx.x + threadIdx.x % 32 / 4 + 8;
  return row < out ? row : out - 1;
}

// W in bf16.
struct Plain {
  static const bool SCALED = false;
  const half2bytes* w;
  long in;
};

__device__ __forceinline__ Inputs inputs(Plain w, long row, long at) { return inputs(w.w + row * w.in, at); }

__device__ __forceinline__ float scale(Plain w, long row, long at) { return 1.f; }

// W in NF4: the codes are multiplied in bf16, the scale of a block of 64 in fp32 behind them.
static const int COPIES = 8;

struct Packed {
  static const bool SCALED = true;
  const byte* data;
  const byte* scales;
  const float* extra;
  const float* known;     // what the codes of scales stand for
  const unsigned* table;  // a byte's two values, some copies of it in other banks
  long in;
};

__device__ __forceinline__ Inputs inputs(Packed w, long row, long at) {
  unsigned four = *(const unsigned*)(w.data + (row * w.in + at) / 2 + 4 * (threadIdx.x % 4));
  Inputs x;
#pragma unroll
  for (int i = 0; i < 4; i++) x.at[i] = w.table[COPIES * (four >> (8 * i) & 255u) + threadIdx.x % COPIES];
  return x;
}

__device__ __forceinline__ float scale(Packed w, long row, long at) {
  return absmax_of((row * w.in + at) / 64, w.scales, w.extra, w.known);
}

// Fills what Packed looks up: table [256·COPIES] and known [256].
__device__ __forceinline__ void look_ups(const float* pairs, const float* scales, unsigned* table, float* known) {
  for (int i = threadIdx.x; i < 256 * COPIES; i += blockDim.x) {
    int both = i / COPIES;
    table[i] = to_bf16(pairs[2 * both]) | ((unsigned)to_bf16(pairs[2 * both + 1]) << 16);
  }
  known[threadIdx.x] = scales[threadIdx.x];
  __syncthreads();
}

// The block's outputs, of which a lane has some and a warp a part of each sum.
template <class W>
__device__ __forceinline__ void multiply(W w, const half2bytes* x, long in, long out, long rows, float sums[2][4]) {
  long low = lower(out);
  long high = higher(out);
  int tiles = rows > 8 ? 2 : 1;
#pragma unroll
  for (int t = 0; t < 2; t++)
#pragma unroll
    for (int i = 0; i < 4; i++) sums[t][i] = 0.f;
#pragma unroll 4
  for (long at = 64 * (threadIdx.x / 32); at < in; at += 64 * WARPS) {
    Inputs first[2] = {inputs(w, low, at), inputs(w, low, at + 32)};
    Inputs second[2] = {inputs(w, high, at), inputs(w, high, at + 32)};
    float of_low = scale(w, low, at);
    float of_high = scale(w, high, at);
#pragma unroll
    for (int t = 0; t < 2; t++) {
      if (t >= tiles) break;
      Inputs given[2];
      rows_of(given, x, at, in, rows, t);
      float part[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll
      for (int half = 0; half < 2; half++) add_tile(W::SCALED ? part : sums[t], first[half], second[half], given[half]);
      if (W::SCALED) {
#pragma unroll
        for (int i = 0; i < 4; i++) sums[t][i] = fmaf(i < 2 ? of_low : of_high, part[i], sums[t][i]);
      }
    }
  }
}

// y = x Wᵀ, plus what is in `add` if it is not null.
template <class W>
__device__ __forceinline__ void product(W w, const half2bytes* x, const half2bytes* add, half2bytes* y, long in, long out, long rows) {
  __shared__ float shared[WARPS * 256];
  float sums[2][4];
  multiply(w, x, in, out, rows, sums);
  float sum = joined(sums, shared);
  long place = place_of(out, rows);
  if (place >= 0) y[place] = to_bf16(add ? sum + from_bf16(add[place]) : sum);
}

// y = silu(x Gᵀ)·(x Uᵀ)
template <class W>
__device__ __forceinline__ void gated(W gate, W up, const half2bytes* x, half2bytes* y, long in, long out, long rows) {
  __shared__ float shared[WARPS * 256];
  float sums[2][4];
  multiply(gate, x, in, out, rows, sums);
  float active = silu(joined(sums, shared));
  multiply(up, x, in, out, rows, sums);
  float sum = joined(sums, shared);
  long place = place_of(out, rows);
  if (place >= 0) y[place] = to_bf16(active * sum);
}

extern "C" __global__ void product_bf16(const half2bytes* x, const half2bytes* w, const half2bytes* add, half2bytes* y,
    long in, long out, long rows) {
  Plain plain = {w, in};
  product(plain, x, add, y, in, out, rows);
}

extern "C" __global__ void gated_bf16(const half2bytes* x, const half2bytes* gate, const half2bytes* up, half2bytes* y,
    long in, long out, long rows) {
  Plain of_gate = {gate, in};
  Plain of_up = {up, in};
  gated(of_gate, of_up, x, y, in, out, rows);
}

extern "C" __global__ void nf4_product_bf16(const half2bytes* x, const byte* data, const byte* scale, const float* extra,
    const float* pairs, const float* scales, const half2bytes* add, half2bytes* y, long in, long out, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  look_ups(pairs, scales, table, known);
  Packed packed = {data, scale, extra, known, table, in};
  product(packed, x, add, y, in, out, rows);
}

extern "C" __global__ void nf4_gated_bf16(const half2bytes* x, const byte* gate, const byte* gate_scale,
    const float* gate_extra, const byte* up, const byte* up_scale, const float* up_extra, const float* pairs,
    const float* scales, half2bytes* y, long in, long out, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  look_ups(pairs, scales, table, known);
  Packed of_gate = {gate, gate_scale, gate_extra, known, table, in};
  Packed of_up = {up, up_scale, up_extra, known, table, in};
  gated(of_gate, of_up, x, y, in, out, rows);
}
