// NF4 weights on a card: the matrix itself; product.cu multiplies straight from the codes.
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
