// What lies between the products of a layer: norms, turns of queries and keys, the gate; each in one kernel, where the
// script takes three to eight operators. All tensors are contiguous and in bf16, but a norm's factors and the turns.

// ---- RMSNorm of each row x [size]: y = g·x·r, r = 1/√(mean x² + ε); a block for each row ----
// wide: the factors, plus `more`, are multiplied in fp32; else they are rounded to bf16 first, as x·r is.

extern "C" __global__ void norm_bf16(const half2bytes* x, const float* g, half2bytes* y, long size, long epsilon, long wide,
    long more) {
  __shared__ float of_warp[32];
  x += blockIdx.x * size;
  y += blockIdx.x * size;
  float squares = 0.f;
  for (long i = 8 * threadIdx.x; i < size; i += 8 * blockDim.x) {
    Eight h = load(x + i);
    for (int k = 0; k < 8; k++) squares += h.at[k] * h.at[k];
  }
  float r = rsqrtf(total(squares, of_warp) / size + __uint_as_float((unsigned)epsilon));
  for (long i = 8 * threadIdx.x; i < size; i += 8 * blockDim.x) {
    Eight h = load(x + i);
    for (int k = 0; k < 8; k++) {
      float u = h.at[k] * r;
      h.at[k] = wide ? u * (g[i + k] + more) : rounded(g[i + k]) * rounded(u);
    }
    store(y + i, h);
  }
}

// dx = r·(g·dy − u·mean(g·dy·u)), u = x·r, plus what is in `add` if it is not null.
extern "C" __global__ void norm_backward_bf16(const half2bytes* dy, const half2bytes* x, const float* g,
    const half2bytes* add, half2bytes* dx, long size, long epsilon, long more) {
  __shared__ float of_warp[32];
  long row = blockIdx.x * size;
  float squares = 0.f;
  float along = 0.f;
  for (long i = 8 * threadIdx.x; i < size; i += 8 * blockDim.x) {
    Eight h = load(x + row + i);
    Eight d = load(dy + row + i);
    for (int k = 0; k < 8; k++) {
      squares += h.at[k] * h.at[k];
      along += d.at[k] * (g[i + k] + more) * h.at[k];
    }
  }
  float r = rsqrtf(total(squares, of_warp) / size + __uint_as_float((unsigned)epsilon));
  along = total(along, of_warp) / size * r;
  for (long i = 8 * threadIdx.x; i < size; i += 8 * blockDim.x) {
    Eight h = load(x + row + i);
    Eight d = load(dy + row + i);
    for (int k = 0; k < 8; k++) d.at[k] = (d.at[k] * (g[i + k] + more) - h.at[k] * r * along) * r;
    if (add) {
      Eight a = load(add + row + i);
      for (int k = 0; k < 8; k++) d.at[k] = rounded(d.at[k]) + a.at[k];
    }
    store(dx + row + i, d);
  }
}

// ---- y = x turned: x [tokens,heads,2·half]; cos and sin [turns,half], token t has those of t modulo turns ----
// Coordinates are paired as (i, i+half); back: by the opposite angles. A thread takes eight pairs.

__device__ void turn(Eight* a, Eight* b, const float* cos, const float* sin, long back) {
  for (int k = 0; k < 8; k++) {
    float c = rounded(cos[k]);
    float s = rounded(sin[k]);
    if (back) s = -s;
    float first = rounded(a->at[k] * c) - rounded(b->at[k] * s);
    b->at[k] = rounded(b->at[k] * c) + rounded(a->at[k] * s);
    a->at[k] = first;
  }
}

extern "C" __global__ void turn_bf16(const half2bytes* x, const float* cos, const float* sin, half2bytes* y, long pairs,
    long heads, long half, long turns, long back) {
  long at = 8 * (blockIdx.x * (long)blockDim.x + threadIdx.x);
  if (at >= pairs) return;
  long i = at % half;
  long head = at / half;
  long angles = head / heads % turns * half + i;
  long place = 2 * half * head + i;
  Eight a = load(x + place);
  Eight b = load(x + place + half);
  turn(&a, &b, cos + angles, sin + angles, back);
  store(y + place, a);
  store(y + place + half, b);
}

// ---- The gate: y = silu(gate)·up; a thread takes eight elements ----

__device__ float silu(float x) { return rounded(x / (1.f + expf(-x))); }

extern "C" __global__ void gate_bf16(const half2bytes* gate, const half2bytes* up, half2bytes* y, long count) {
  long at = 8 * (blockIdx.x * (long)blockDim.x + threadIdx.x);
  if (at >= count) return;
  Eight g = load(gate + at);
  Eight u = load(up + at);
  for (int k = 0; k < 8; k++) u.at[k] = silu(g.at[k]) * u.at[k];
  store(y + at, u);
}

// dy -> the gate's gradient in place of dy, and that of up.
extern "C" __global__ void gate_backward_bf16(const half2bytes* gate, const half2bytes* up, half2bytes* dy, half2bytes* dup,
    long count) {
  long at = 8 * (blockIdx.x * (long)blockDim.x + threadIdx.x);
  if (at >= count) return;
  Eight g = load(gate + at);
  Eight u = load(up + at);
  Eight d = load(dy + at);
  for (int k = 0; k < 8; k++) {
    float x = g.at[k];
    float active = silu(x);
    float before = rounded(d.at[k] * u.at[k]);
    float share = 1.f / (1.f + expf(-x));
    u.at[k] = active * d.at[k];
    d.at[k] = before * share * (1.f + x * (1.f - share));
  }
  store(dy + at, d);
  store(dup + at, u);
}
