// What the kernels' sources share: they are compiled behind this one.
//
// Numbers are bf16 in memory and fp32 in registers. Where decoder.torchscript rounds to bf16 between two operators, so does
// `rounded`, so that a kernel gives what the operators give.

typedef unsigned char byte;
typedef unsigned short half2bytes;

__device__ half2bytes to_bf16(float x) {
  // To the nearest, halves to even; NaN stays one.
  unsigned bits = __float_as_uint(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (half2bytes)((bits >> 16) | 64u);
  return (half2bytes)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

__device__ float from_bf16(half2bytes x) { return __uint_as_float((unsigned)x << 16); }

__device__ float rounded(float x) { return from_bf16(to_bf16(x)); }

// Eight neighbors in memory, at an address that 16 divides.
struct Eight {
  float at[8];
};

__device__ Eight eight_of(uint4 packed) {
  unsigned words[4] = {packed.x, packed.y, packed.z, packed.w};
  Eight x;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    x.at[2 * i] = from_bf16((half2bytes)(words[i] & 0xffffu));
    x.at[2 * i + 1] = from_bf16((half2bytes)(words[i] >> 16));
  }
  return x;
}

__device__ Eight load(const half2bytes* from) { return eight_of(*(const uint4*)from); }

__device__ void store(half2bytes* to, Eight x) {
  unsigned words[4];
#pragma unroll
  for (int i = 0; i < 4; i++) words[i] = to_bf16(x.at[2 * i]) | ((unsigned)to_bf16(x.at[2 * i + 1]) << 16);
  uint4 packed = {words[0], words[1], words[2], words[3]};
  *(uint4*)to = packed;
}

// The sum over a block's threads, in an order that depends on their number alone; of_warp has room for 32.
__device__ float total(float x, float* of_warp) {
#pragma unroll
  for (int apart = 16; apart > 0; apart /= 2) x += __shfl_xor_sync(0xffffffffu, x, apart);
  __syncthreads();
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = x;
  __syncthreads();
  x = 0.f;
  for (int i = 0; i < blockDim.x / 32; i++) x += of_warp[i];
  return x;
}

// sum [16,8] += a [16,16] b [16,8] over a warp, in the layout of mma.m16n8k16: lane l has rows l/4 and l/4 + 8 of a, column
// l/4 of b, and of the sum columns 2·(l%4) and the next of both rows.
#ifdef __CUDACC__
__device__ __forceinline__ void add_product(float sum[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#endif
