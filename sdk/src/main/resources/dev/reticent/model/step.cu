// What a step of single tokens is made of beside norms, places and attention: each row with the adapter that it uses.
//
// An adapter makes g·(W x + s·B A x) + bias + shift of a module, of which any part may be missing. What it is lies in a
// table of cells, a record of addresses and numbers for each module and adapter, the first of them (0) none. `lows_bf16` gives s·A x, and the
// products add the rest to their own outputs; so a row's bits depend on no other row's adapter.

enum Cell { CELL_A, CELL_B, CELL_STRIDE, CELL_RANK, CELL_SCALE, CELL_GAIN, CELL_SHIFT, CELLS };

// changes [modules,kinds,CELLS], null where there are none; which [rows] < kinds; lows [modules,rows,most].
struct Adapters {
  const long* changes;
  const long* which;
  const float* lows;
  long kinds;
  long most;
  long rows;
};

__device__ __forceinline__ const long* change_of(Adapters adapters, long module, long row) {
  return adapters.changes + CELLS * (module * adapters.kinds + adapters.which[row]);
}

// y [rows,size]: the rows of an embedding table; a block for each.
extern "C" __global__ void embed_bf16(const long* ids, const half2bytes* table, half2bytes* y, long size) {
  for (long i = 8 * threadIdx.x; i < size; i += 8 * blockDim.x) store(y + blockIdx.x * size + i, load(table + ids[blockIdx.x] * size + i));
}

// lows [modules,rows,most] = s·A x, a block for each, x [rows,in]; beyond an adapter's rank nothing is written.
extern "C" __global__ void lows_bf16(const half2bytes* x, const long* changes, const long* which, float* lows, long in,
    long kinds, long most, long rows) {
  __shared__ float of_warp[32];
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  long rank = blockIdx.x % most;
  long row = blockIdx.x / most % rows;
  const long* change = change_of(adapters, blockIdx.x / most / rows, row);
  if (rank >= change[CELL_RANK]) return;
  const half2bytes* a = (const half2bytes*)change[CELL_A] + rank * in;
  float sum = 0.f;
  for (long i = 8 * threadIdx.x; i < in; i += 8 * blockDim.x) {
    Eight left = load(a + i);
    Eight right = load(x + row * in + i);
    for (int k = 0; k < 8; k++) sum += left.at[k] * right.at[k];
  }
  sum = total(sum, of_warp);
  if (threadIdx.x == 0) lows[blockIdx.x] = sum * *(const float*)change[CELL_SCALE];
}

// A module's output as its row's adapter leaves it, and with the bias if there is one.
__device__ __forceinline__ float changed(float sum, const float* bias, Adapters adapters, int module, int row, long output) {
  const long* change = adapters.changes ? change_of(adapters, module, row) : 0;
  if (change) {
    long rank = change[CELL_RANK];
    const half2bytes* b = (const half2bytes*)change[CELL_B] + output * change[CELL_STRIDE];
    const float* low = adapters.lows + (module * adapters.rows + row) * adapters.most;
    float more = 0.f;
#pragma unroll 4
    for (long r = 0; r < rank; r++) more += from_bf16(b[r]) * low[r];
    sum += more;
    if (change[CELL_GAIN]) sum *= ((const float*)change[CELL_GAIN])[output];
  }
  if (bias) sum += bias[output];
  if (change && change[CELL_SHIFT]) sum += ((const float*)change[CELL_SHIFT])[output];
  return sum;
}

// A linear map whose outputs y are [rows,out]; there is none where out is 0.
template <class W>
struct Module {
  W w;
  const float* bias;
  half2bytes* y;
  long out;
};

// Up to three modules of one input, whose tiles follow each other; y = x Wᵀ, plus what is in `add` [rows,out] if it is not null.
template <class W>
__device__ __forceinline__ void modules(Module<W> first, Module<W> second, Module<W> third, LookUps looked,
    const half2bytes* x, const half2bytes* add, long in, Adapters adapters) {
  __shared__ float shared[WARPS * 256];
  long to_second = (first.out + 15) / 16;
  long to_third = to_second + (second.out + 15) / 16;
  long end = to_third + (third.out + 15) / 16;
  for (long all = blockIdx.x; all < end; all += gridDim.x) {
    int which = (all >= to_second) + (all >= to_third);
    Module<W> own = which == 0 ? first : which == 1 ? second : third;
    long tile = all - (which == 0 ? 0 : which == 1 ? to_second : to_third);
    float sums[2][4];
    multiply(own.w, looked, x, in, own.out, adapters.rows, tile, sums);
    float sum = joined(sums, shared);
    long output = own_output(tile);
    if (own_row() < adapters.rows && output < own.out) {
      sum = changed(sum, own.bias, adapters, which, own_row(), output);
      long place = own_row() * own.out + output;
      own.y[place] = to_bf16(add ? rounded(sum) + from_bf16(add[place]) : sum);
    }
  }
}

// y = silu(gate)·up
template <class W>
__device__ __forceinline__ void gates(Module<W> gate, Module<W> up, LookUps looked, const half2bytes* x, long in,
    Adapters adapters) {
  __shared__ float shared[WARPS * 256];
  for (long tile = blockIdx.x; 16 * tile < gate.out; tile += gridDim.x) {
    float sums[2][4];
    multiply(gate.w, looked, x, in, gate.out, adapters.rows, tile, sums);
    float of_gate = joined(sums, shared);
    multiply(up.w, looked, x, in, gate.out, adapters.rows, tile, sums);
    float of_up = joined(sums, shared);
    long output = own_output(tile);
    if (own_row() < adapters.rows && output < gate.out) {
      float active = silu(rounded(changed(of_gate, gate.bias, adapters, 0, own_row(), output)));
      float let = rounded(changed(of_up, up.bias, adapters, 1, own_row(), output));
      gate.y[own_row() * gate.out + output] = to_bf16(active * let);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256, 4) modules_bf16(const half2bytes* x, const half2bytes* w0, const float* bias0, half2bytes* y0,
    long out0, const half2bytes* w1, const float* bias1, half2bytes* y1, long out1, const half2bytes* w2, const float* bias2,
    half2bytes* y2, long out2, const half2bytes* add, long in, const long* changes, const long* which, const float* lows,
    long kinds, long most, long rows) {
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  Module<Plain> first = {{w0}, bias0, y0, out0};
  Module<Plain> second = {{w1}, bias1, y1, out1};
  Module<Plain> third = {{w2}, bias2, y2, out2};
  modules(first, second, third, LookUps(), x, add, in, adapters);
}

extern "C" __global__ void __launch_bounds__(256, 3) nf4_modules_bf16(const half2bytes* x, const byte* data0, const byte* scale0, const float* extra0,
    const float* bias0, half2bytes* y0, long out0, const byte* data1, const byte* scale1, const float* extra1,
    const float* bias1, half2bytes* y1, long out1, const byte* data2, const byte* scale2, const float* extra2,
    const float* bias2, half2bytes* y2, long out2, const float* pairs, const float* scales, const half2bytes* add, long in,
    const long* changes, const long* which, const float* lows, long kinds, long most, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  Module<Packed> first = {{data0, scale0, extra0}, bias0, y0, out0};
  Module<Packed> second = {{data1, scale1, extra1}, bias1, y1, out1};
  Module<Packed> third = {{data2, scale2, extra2}, bias2, y2, out2};
  modules(first, second, third, look_ups(pairs, scales, table, known), x, add, in, adapters);
}

extern "C" __global__ void gates_bf16(const half2bytes* x, const half2bytes* gate, const float* gate_bias,
    const half2bytes* up, const float* up_bias, half2bytes* y, long out, long in, const long* changes, const long* which,
    const float* lows, long kinds, long most, long rows) {
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  Module<Plain> of_gate = {{gate}, gate_bias, y, out};
  Module<Plain> of_up = {{up}, up_bias, y, out};
  gates(of_gate, of_up, LookUps(), x, in, adapters);
}

extern "C" __global__ void __launch_bounds__(256, 3) nf4_gates_bf16(const half2bytes* x, const byte* gate, const byte* gate_scale,
    const float* gate_extra, const float* gate_bias, const byte* up, const byte* up_scale, const float* up_extra,
    const float* up_bias, const float* pairs, const float* scales, half2bytes* y, long out, long in, const long* changes,
    const long* which, const float* lows, long kinds, long most, long rows) {
  __shared__ unsigned table[256 * COPIES];
  __shared__ float known[256];
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  Module<Packed> of_gate = {{gate, gate_scale, gate_extra}, gate_bias, y, out};
  Module<Packed> of_up = {{up, up_scale, up_extra}, up_bias, y, out};
  gates(of_gate, of_up, look_ups(pairs, scales, table, known), x, in, adapters);
}

// The logits [rows,out] in fp32.
extern "C" __global__ void __launch_bounds__(256, 4) logits_bf16(const half2bytes* x, const half2bytes* w, const float* bias, float* y, long out,
    long in, const long* changes, const long* which, const float* lows, long kinds, long most, long rows) {
  __shared__ float shared[WARPS * 256];
  Adapters adapters = {changes, which, lows, kinds, most, rows};
  Plain plain = {w};
  for (long tile = blockIdx.x; 16 * tile < out; tile += gridDim.x) {
    float sums[2][4];
    multiply(plain, LookUps(), x, in, out, rows, tile, sums);
    float sum = joined(sums, shared);
    long output = own_output(tile);
    if (own_row() < rows && output < out) y[own_row() * out + output] = changed(sum, bias, adapters, 0, own_row(), output);
  }
}
