// Attention of single tokens, as decoding has it: keys and values lie in blocks of `places` tokens, [blocks,places,groups,size],
// and a row's blocks are named in a table. What a row gets depends on its own tokens alone.

// Turns queries and keys to their positions, as `turn_bf16` does, and writes keys and values to the rows' slots. A thread
// takes eight pairs of a head: q [rows,heads,2·half], k and v [rows,groups,2·half], cos and sin [rows,half].
extern "C" __global__ void place_bf16(const half2bytes* q, const half2bytes* k, const half2bytes* v, const float* cos,
    const float* sin, const long* slots, half2bytes* out, half2bytes* keys, half2bytes* values, long count, long heads,
    long groups, long half) {
  long at = blockIdx.x * (long)blockDim.x + threadIdx.x;
  if (at >= count) return;
  long i = at % (half / 8) * 8;
  long head = at / (half / 8) % (heads + groups);
  long row = at / (half / 8) / (heads + groups);
  bool query = head < heads;
  long from = (query ? row * heads + head : row * groups + head - heads) * 2 * half + i;
  long to = query ? from : (slots[row] * groups + head - heads) * 2 * half + i;
  Eight a = load((query ? q : k) + from);
  Eight b = load((query ? q : k) + from + half);
  turn(&a, &b, cos + row * half + i, sin + row * half + i, 0);
  store((query ? out : keys) + to, a);
  store((query ? out : keys) + to + half, b);
  if (!query) {
    store(values + to, load(v + from));
    store(values + to + half, load(v + from + half));
  }
}

// y [rows,heads,size]: a block for each row and head. size/8 threads share a position, of which each such set has its own
// softmax; the sets' results are joined in a fixed order. ends [rows]: where a row's part of the table ends. A position sees
// the latest `window` ones, all if that is 0. Keys and values of some positions are on their way at a time.
static const int POSITIONS_AHEAD = 4;

extern "C" __global__ void attend_bf16(const half2bytes* q, const half2bytes* keys, const half2bytes* values,
    const long* blocks, const long* ends, const long* positions, half2bytes* y, long heads, long groups, long size,
    long places, long window, long scale) {
  __shared__ float results[2048];
  __shared__ float largest[256];
  __shared__ float sums[256];
  int row = blockIdx.x / (int)heads;
  int group = blockIdx.x % (int)heads / ((int)heads / (int)groups);
  int threads = size / 8;
  int part = threadIdx.x % threads;
  int set = threadIdx.x / threads;
  int sets = blockDim.x / threads;
  Eight query = load(q + blockIdx.x * size + 8 * part);
  int last = positions[row];
  int first = window > 0 && last >= window ? last - (int)window + 1 : 0;
  int of_block = places;
  const long* table = blocks + ends[row] - (last / of_block + 1);
  float most = -1e30f;
  float sum = 0.f;
  Eight result = {{0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f}};
  for (int start = first / sets * sets; start <= last; start += sets * POSITIONS_AHEAD) {
    uint4 some_keys[POSITIONS_AHEAD];
    uint4 some_values[POSITIONS_AHEAD];
#pragma unroll
    for (int a = 0; a < POSITIONS_AHEAD; a++) {
      int position = start + sets * a + set;
      bool seen = position >= first && position <= last;
      long slot = seen ? table[position / of_block] * of_block + position % of_block : 0;
      long at = (slot * groups + group) * size + 8 * part;
      some_keys[a] = *(const uint4*)(keys + at);
      some_values[a] = *(const uint4*)(values + at);
    }
#pragma unroll
    for (int a = 0; a < POSITIONS_AHEAD; a++) {
      int position = start + sets * a + set;
      if (start + sets * a > last) break;
      Eight key = eight_of(some_keys[a]);
      float score = 0.f;
      for (int k = 0; k < 8; k++) score += query.at[k] * key.at[k];
      for (int apart = threads / 2; apart > 0; apart /= 2) score += __shfl_xor_sync(0xffffffffu, score, apart);
      if (position >= first && position <= last) {
        score *= __uint_as_float((unsigned)scale);
        float now = fmaxf(most, score);
        float before = expf(most - now);
        float weight = expf(score - now);
        Eight value = eight_of(some_values[a]);
        for (int k = 0; k < 8; k++) result.at[k] = result.at[k] * before + value.at[k] * weight;
        sum = sum * before + weight;
        most = now;
      }
    }
  }
  for (int k = 0; k < 8; k++) results[set * size + 8 * part + k] = result.at[k];
  if (part == 0) {
    largest[set] = most;
    sums[set] = sum;
  }
  __syncthreads();
  if (threadIdx.x >= size) return;
  for (int s = 0; s < sets; s++) most = fmaxf(most, largest[s]);
  float all = 0.f;
  float wanted = 0.f;
  for (int s = 0; s < sets; s++) {
    float weight = expf(largest[s] - most);
    all += sums[s] * weight;
    wanted += results[s * size + threadIdx.x] * weight;
  }
  y[blockIdx.x * size + threadIdx.x] = to_bf16(wanted / all);
}
