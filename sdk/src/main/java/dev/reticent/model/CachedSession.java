package dev.reticent.model;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.TensorList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A session over one block of keys and values for each layer, [rows, G, maxTokens, E]. */
final class CachedSession implements DecodingSession {

  private final Decoder decoder;
  private final TensorList adapter;
  private final TensorList headAdapter;
  private final int maxTokens;
  private final int[] lengths;
  private final int[][] tokens;
  private final BitSet taken = new BitSet();
  private final TensorList cache;
  private final RopeTable near;
  private final RopeTable far;

  CachedSession(Decoder decoder, AdapterTensors adapter, int capacity, int maxTokens) {
    if (capacity < 1 || maxTokens < 1) {
      throw new IllegalArgumentException(
          "a session needs at least one row and one token, got " + capacity + " x " + maxTokens);
    }
    this.decoder = decoder;
    this.adapter = adapter.all();
    this.headAdapter = adapter.head();
    this.maxTokens = maxTokens;
    this.lengths = new int[capacity];
    this.tokens = new int[capacity][maxTokens];
    ModelConfig config = decoder.config();
    int boundary = config.rope().boundary();
    this.near = RopeTable.of(config.rope(), Math.min(maxTokens, boundary));
    this.far = maxTokens > boundary ? RopeTable.of(config.rope(), maxTokens) : near;
    List<Tensor> blocks = new ArrayList<>();
    try (Scope scope = new Scope()) {
      Tensor shape =
          scope.own(
              Tensor.of(
                  ComputeDevice.CPU,
                  new long[] {capacity, config.kvHeads(), maxTokens, config.headDim()},
                  4));
      for (int i = 0; i < 2 * config.layers(); i++) {
        blocks.add(
            scope.release(decoder.program().call(scope, "zeros", shape, decoder.like()).get(0)));
      }
    }
    this.cache = new TensorList("kv", blocks);
  }

  @Override
  public int vocabularySize() {
    return decoder.config().vocabSize();
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int capacity() {
    return lengths.length;
  }

  @Override
  public boolean knows(AdapterId id) {
    return id.equals(AdapterId.NONE);
  }

  @Override
  public boolean fits(int mostTokens) {
    return mostTokens <= maxTokens && taken.cardinality() < lengths.length;
  }

  @Override
  public BlockUse blocks() {
    return new BlockUse(lengths.length, taken.cardinality(), 0);
  }

  @Override
  public int open(AdapterId id, int[] prompt, int mostTokens) {
    int row = taken.nextClearBit(0);
    if (row >= lengths.length) {
      throw new IllegalStateException("all " + lengths.length + " rows are taken");
    }
    taken.set(row);
    lengths[row] = 0;
    return row;
  }

  @Override
  public float[] extend(int row, int[] ids) {
    int start = room(row, ids.length);
    if (ids.length == 0) {
      throw new IllegalArgumentException("nothing to append to row " + row);
    }
    int end = start + ids.length;
    System.arraycopy(ids, 0, tokens[row], start, ids.length);
    if (crosses(start, end)) {
      lengths[row] = 0;
      return extend(row, Arrays.copyOf(tokens[row], end));
    }
    RopeTable table = rope(end);
    int half = table.half();
    float[] logits =
        run(
            "extend",
            Tensor.of(decoder.device(), Decoder.longs(ids), 1, ids.length),
            Tensor.of(ComputeDevice.CPU, new long[] {row}),
            Tensor.of(ComputeDevice.CPU, new long[] {start}),
            turns(table.cos(), start * half, ids.length * half, ids.length, half),
            turns(table.sin(), start * half, ids.length * half, ids.length, half));
    lengths[row] = end;
    return logits;
  }

  /** Calls a decoding method: its own arguments, which are freed, then those of every call. */
  private float[] run(String method, Tensor... own) {
    try (Scope scope = new Scope()) {
      List<Object> arguments = new ArrayList<>();
      for (Tensor tensor : own) {
        arguments.add(scope.own(tensor));
      }
      arguments.addAll(
          List.of(
              decoder.like(),
              decoder.weights().all(),
              adapter,
              cache,
              decoder.weights().head(),
              headAdapter));
      return decoder.program().call(scope, method, arguments.toArray()).get(0).toFloats();
    }
  }

  private Tensor turns(float[] table, int from, int count, long... shape) {
    return Tensor.ofPart(decoder.device(), table, from, count, shape);
  }

  @Override
  public float[][] step(int[] rows, int[] ids) {
    float[][] logits = new float[rows.length][];
    int[] together = new int[rows.length];
    int n = 0;
    for (int i = 0; i < rows.length; i++) {
      int length = room(rows[i], 1);
      if (crosses(length, length + 1)) {
        logits[i] = extend(rows[i], new int[] {ids[i]});
      } else {
        together[n++] = i;
      }
    }
    if (n > 0) {
      int[] chosen = Arrays.copyOf(together, n);
      float[][] part =
          stepTogether(
              Arrays.stream(chosen).map(i -> rows[i]).toArray(),
              Arrays.stream(chosen).map(i -> ids[i]).toArray());
      for (int i = 0; i < n; i++) {
        logits[chosen[i]] = part[i];
      }
    }
    return logits;
  }

  /** Whether a growing row passes the length beyond which its earlier keys turn otherwise. */
  private boolean crosses(int start, int end) {
    int boundary = decoder.config().rope().boundary();
    return start > 0 && start <= boundary && end > boundary;
  }

  private float[][] stepTogether(int[] rows, int[] ids) {
    int n = rows.length;
    long[] at = new long[n];
    int longest = 0;
    for (int i = 0; i < n; i++) {
      at[i] = lengths[rows[i]];
      tokens[rows[i]][lengths[rows[i]]] = ids[i];
      longest = Math.max(longest, (int) at[i] + 1);
    }
    int half = near.half();
    float[] cos = new float[n * half];
    float[] sin = new float[n * half];
    for (int i = 0; i < n; i++) {
      RopeTable table = rope((int) at[i] + 1);
      System.arraycopy(table.cos(), (int) at[i] * half, cos, i * half, half);
      System.arraycopy(table.sin(), (int) at[i] * half, sin, i * half, half);
    }
    float[] logits =
        run(
            "step",
            Tensor.of(decoder.device(), Decoder.longs(ids), n),
            Tensor.of(decoder.device(), Decoder.longs(rows), n),
            Tensor.of(decoder.device(), at, n),
            Tensor.of(ComputeDevice.CPU, new long[] {longest}),
            Tensor.of(decoder.device(), cos, n, 1, 1, half),
            Tensor.of(decoder.device(), sin, n, 1, 1, half));
    float[][] result = new float[n][];
    int v = vocabularySize();
    for (int i = 0; i < n; i++) {
      result[i] = Arrays.copyOfRange(logits, i * v, (i + 1) * v);
      lengths[rows[i]]++;
    }
    return result;
  }

  /** The turns of the positions of a sequence of this length. */
  private RopeTable rope(int length) {
    return length > decoder.config().rope().boundary() ? far : near;
  }

  private int room(int row, int more) {
    if (!taken.get(row)) {
      throw new IllegalArgumentException("row " + row + " is not open");
    }
    if (lengths[row] + more > maxTokens) {
      throw new IllegalArgumentException(
          "row %d holds %d tokens and cannot take %d more: the limit is %d"
              .formatted(row, lengths[row], more, maxTokens));
    }
    return lengths[row];
  }

  @Override
  public int length(int row) {
    return lengths[row];
  }

  @Override
  public void release(int row) {
    taken.clear(row);
  }

  @Override
  public void close() {
    cache.tensors().forEach(Tensor::close);
  }
}
