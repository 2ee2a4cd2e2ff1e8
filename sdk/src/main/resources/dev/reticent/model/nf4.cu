// NF4 weights on a card: the matrix itself, and its product with a few rows.
//
// data [bytes]: two codes a byte, the higher four bits first. A block of 64 weights has one code of `scale` [blocks], and
// 256 blocks one factor of `extra` [1 + groups], behind an offset:  absmax = scales[code] · factor + offset.
// A weight is codes[its code] · absmax, computed and rounded as decoder.torchscript does it, so that both give the same
// bits. `pairs` [256,2] holds the two values of each byte; those of the byte b < 16 are codes[0] and codes[b].
//
// A thread takes 16 bytes at a time, that is half a block.

__device__ float absmax_of(long block, const byte* scale, const float* extra, const float* scales) {
  return scales[scale[block]] * extra[1 + block / 256] + extra[0];
}

// The matrix in bf16 [2·bytes].
extern "C" __global__ void nf4_unpack_bf16(const byte* data, const byte* scale, const float* extra, const float* pairs,
    const float* scales, half2bytes* out, long bytes) {
  __shared__ float code[16];
  if (threadIdx.x < 16) code[threadIdx.x] = pairs[2 * threadIdx.x + 1];
  __syncthreads();
  long at = 16 * (blockIdx.x * (long)blockDim.x + threadIdx.x);
  if (at >= bytes) return;
  float absmax = absmax_of(at / 32, scale, extra, scales);
  uint4 packed = *(const uint4*)(data + at);
  unsigned words[4] = {packed.x, packed.y, packed.z, packed.w};
#pragma unroll
  for (int w = 0; w < 4; w++) {
    unsigned two[4];
    for (int b = 0; b < 4; b++) {
      unsigned both = (words[w] >> (8 * b)) & 255u;
      two[b] = to_bf16(code[both >> 4] * absmax) | ((unsigned)to_bf16(code[both & 15u] * absmax) << 16);
    }
    uint4 four = {two[0], two[1], two[2], two[3]};
    *(uint4*)(out + 2 * at + 8 * w) = four;
  }
}

// y [rows,out] = x [rows,in] Wᵀ in bf16, sums in fp32; W [out,in]. A warp for each output of all rows (at most 4).
extern "C" __global__ void nf4_product_bf16(const half2bytes* x, const byte* data, const byte* scale, const float* extra,
    const float* pairs, const float* scales, half2bytes* y, long in, long out, long rows) {
  __shared__ float code[16];
  if (threadIdx.x < 16) code[threadIdx.x] = pairs[2 * threadIdx.x + 1];
  __syncthreads();
  long o = blockIdx.x * (long)(blockDim.x / 32) + threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  if (o >= out) return;
  const byte* row = data + o * (in / 2);
  float sum[4] = {0.f, 0.f, 0.f, 0.f};
  for (long k = 32 * lane; k < in; k += 32 * 32) {
    float absmax = absmax_of((o * in + k) / 64, scale, extra, scales);
    uint4 packed = *(const uint4*)(row + k / 2);
    unsigned words[4] = {packed.x, packed.y, packed.z, packed.w};
    float part[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll
    for (int w = 0; w < 4; w++) {
#pragma unroll
      for (int r = 0; r < 4; r++) {
        if (r >= rows) break;
        uint4 eight = *(const uint4*)(x + r * in + k + 8 * w);
        unsigned twos[4] = {eight.x, eight.y, eight.z, eight.w};
        for (int b = 0; b < 4; b++) {
          unsigned both = (words[w] >> (8 * b)) & 255u;
          part[r] = fmaf(code[both >> 4], from_bf16((half2bytes)(twos[b] & 0xffffu)), part[r]);
          part[r] = fmaf(code[both & 15u], from_bf16((half2bytes)(twos[b] >> 16)), part[r]);
        }
      }
    }
#pragma unroll
    for (int r = 0; r < 4; r++) sum[r] = fmaf(absmax, part[r], sum[r]);
  }
#pragma unroll
  for (int r = 0; r < 4; r++) {
    if (r >= rows) break;
    for (int apart = 16; apart > 0; apart /= 2) sum[r] += __shfl_xor_sync(0xffffffffu, sum[r], apart);
    if (lane == 0) y[r * out + o] = to_bf16(sum[r]);
  }
}
