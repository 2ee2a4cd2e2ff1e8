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

__device__ Inputs inputs(const half2bytes* row, long at) {
  uint4 eight = *(const uint4*)(row + at + 8 * (threadIdx.x % 4));
  Inputs x = {{eight.x, eight.y, eight.z, eight.w}};
  return x;
}

// The 64 inputs at `at` of the rows of x that a lane feeds to tile t: none behind the last.
__device__ void rows_of(Inputs two[2], const half2bytes* x, long at, long in, long rows, int t) {
  long row = 8 * t + threadIdx.x % 32 / 4;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    Inputs none = {{0u, 0u, 0u, 0u}};
    two[half] = row < rows ? inputs(x + row * in, at + 32 * half) : none;
  }
}

// sum += a tile of W, of which a lane has rows l/4 and l/4 + 8, times eight rows of x; 32 inputs.
__device__ void add_tile(float sum[4], Inputs low, Inputs high, Inputs x) {
  add_product(sum, low.at[0], high.at[0], low.at[1], high.at[1], x.at[0], x.at[1]);
  add_product(sum, low.at[2], high.at[2], low.at[3], high.at[3], x.at[2], x.at[3]);
}

// Adds up the warps' sums [16 outputs,16 rows] and writes them.
__device__ void finish(float sums[2][4], float* shared, half2bytes* y, long out, long rows) {
  int warp = threadIdx.x / 32;
  int lane = threadIdx.x % 32;
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
  long row = threadIdx.x / 16;
  long output = 16 * blockIdx.x + threadIdx.x % 16;
  if (row < rows && output < out) y[row * out + output] = to_bf16(sum);
}

// The rows of W that a lane reads; behind the last it reads that again.
__device__ long lower(long out) {
  long row = 16 * blockIdx.x + threadIdx.x % 32 / 4;
  return row < out ? row : out - 1;
}

__device__ long higher(long out) {
  long row = 16 * blockIdx.x + threadIdx.x % 32 / 4 + 8;
  return row < out ? row : out - 1;
}

extern "C" __global__ void product_bf16(const half2bytes* x, const half2bytes* w, half2bytes* y, long in, long out, long rows) {
  __shared__ float shared[WARPS * 256];
  const half2bytes* low = w + lower(out) * in;
  const half2bytes* high = w + higher(out) * in;
  float sums[2][4] = {{0.f, 0.f, 0.f, 0.f}, {0.f, 0.f, 0.f, 0.f}};
  int tiles = rows > 8 ? 2 : 1;
#pragma unroll 4
  for (long at = 64 * (threadIdx.x / 32); at < in; at += 64 * WARPS) {
    Inputs first[2] = {inputs(low, at), inputs(low, at + 32)};
    Inputs second[2] = {inputs(high, at), inputs(high, at + 32)};
#pragma unroll
    for (int t = 0; t < 2; t++) {
      if (t >= tiles) break;
      Inputs given[2];
      rows_of(given, x, at, in, rows, t);
#pragma unroll
      for (int half = 0; half < 2; half++) add_tile(sums[t], first[half], second[half], given[half]);
    }
  }
  finish(sums, shared, y, out, rows);
}

// The codes are multiplied in bf16, the scale of a block of 64 in fp32 behind them.
static const int COPIES = 8;

__device__ Inputs decoded(const byte* row, long at, const unsigned* table) {
  unsigned four = *(const unsigned*)(row + at / 2 + 4 * (threadIdx.x % 4));
  Inputs x;
#pragma unroll
  for (int i = 0; i < 4; i++) x.at[i] = table[COPIES * (four >> (8 * i) & 255u) + threadIdx.x % COPIES];
  return x;
}

extern "C" __global__ void nf4_product_bf16(const half2bytes* x, const byte* data, const byte* scale, const float* extra,
    const float* pairs, const float* scales, half2bytes* y, long in, long out, long rows) {
  __shared__ float shared[WARPS * 256];
  __shared__ unsigned table[256 * COPIES];  // a byte's two values, some copies of it in other banks
  __shared__ float known[256];
  known[threadIdx.x] = scales[threadIdx.x];
  for (int i = threadIdx.x; i < 256 * COPIES; i += blockDim.x) {
    int both = i / COPIES;
    table[i] = to_bf16(pairs[2 * both]) | ((unsigned)to_bf16(pairs[2 * both + 1]) << 16);
  }
  __syncthreads();
  const byte* low = data + lower(out) * (in / 2);
  const byte* high = data + higher(out) * (in / 2);
  float sums[2][4] = {{0.f, 0.f, 0.f, 0.f}, {0.f, 0.f, 0.f, 0.f}};
  int tiles = rows > 8 ? 2 : 1;
#pragma unroll 4
  for (long at = 64 * (threadIdx.x / 32); at < in; at += 64 * WARPS) {
    float of_low = absmax_of((lower(out) * in + at) / 64, scale, extra, known);
    float of_high = absmax_of((higher(out) * in + at) / 64, scale, extra, known);
    Inputs first[2] = {decoded(low, at, table), decoded(low, at + 32, table)};
    Inputs second[2] = {decoded(high, at, table), decoded(high, at + 32, table)};
#pragma unroll
    for (int t = 0; t < 2; t++) {
      if (t >= tiles) break;
      Inputs given[2];
      rows_of(given, x, at, in, rows, t);
      float part[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll
      for (int half = 0; half < 2; half++) add_tile(part, first[half], second[half], given[half]);
#pragma unroll
      for (int i = 0; i < 4; i++) sums[t][i] = fmaf(i < 2 ? of_low : of_high, part[i], sums[t][i]);
    }
  }
  finish(sums, shared, y, out, rows);
}
