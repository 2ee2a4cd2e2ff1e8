package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.architecture.RopeTable;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Single tokens of small models and the last few of their prompts, decoded in Java.
 *
 * <p>A step of a small model is a hundred operators of a few microseconds' work, and libtorch takes
 * longer to call one than to run it. Here nothing is called: weights lie in the heap, column by
 * column, and the JVM's compiler makes vector code of the loops. Longer prompts are libtorch's all
 * the same, so keys and values are read from the session's store and written to it.
 *
 * <p>Each row is computed by itself in an order that follows from the model and its position, so
 * its bits depend neither on other rows nor on threads, adapters of others or how far the code has
 * been compiled. Whether a session decodes so follows from the model and the session's size.
 */
final class HeapDecoder implements TokenDecoder {

  /** The most weights of a model: they should stay in a processor's caches. */
  static final long MOST_WEIGHTS = 1L << 24;

  /** The most of one for a session of few rows, for which memory decides, not what is computed. */
  static final long MOST_FOR_FEW_ROWS = 1L << 25;

  static final int FEW_ROWS = 2;

  /** The most bytes that keys and values of all rows may come to take a second time. */
  static final long MOST_BYTES = 1L << 27;

  /** The most tokens behind a prompt's last whole piece that are sooner done here. */
  static final int MOST_OF_PROMPT = 24;

  /** The same of a model that does not stay in a processor's caches. */
  private static final int MOST_OF_LARGE_PROMPT = 4;

  private final ModelConfig config;
  private final HeapWeights weights;
  private final SessionParts parts;
  private final List<FloatBuffer> store;
  private final Map<AdapterId, HeapAdapter> adapters = new ConcurrentHashMap<>();
  private final Map<Integer, HeapRow> memories = new HashMap<>();

  /**
   * @param parts whose adapters are copied, and whose store must outlive this
   */
  HeapDecoder(SessionParts parts) {
    this.config = parts.decoder().config();
    this.weights = new HeapWeights(parts.decoder());
    this.parts = parts;
    this.store = parts.store().tensors().stream().map(Tensor::elements).toList();
    for (StackSlot slot : parts.adapters().stack().slots()) {
      slot.id().ifPresent(id -> adapters.put(id, HeapAdapter.of(slot.tensors())));
    }
  }

  /** Whether sessions of this size decode this model so. */
  static boolean suits(Decoder decoder, SessionOptions options) {
    ModelConfig config = decoder.config();
    long coordinates = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      coordinates += config.keyValueSize(layer);
    }
    long tokens = (long) options.rows() * options.maxTokens();
    long bytes = tokens * coordinates * 2 * Float.BYTES;
    return decoder.device().onHost()
        && weights(config) <= (options.rows() <= FEW_ROWS ? MOST_FOR_FEW_ROWS : MOST_WEIGHTS)
        && bytes <= MOST_BYTES
        && HeapWeights.know(config);
  }

  private static long weights(ModelConfig config) {
    long weights = (long) config.vocabSize() * config.hiddenSize();
    for (int layer = 0; layer < config.layers(); layer++) {
      weights += Projection.layerValues(config, layer);
    }
    return weights;
  }

  /** A token on its way through the layers. */
  private final class Newest implements HeapLayer.Token {
    private final CacheRow row;
    private final int position;
    private final HeapRow memory;
    private int layer;

    Newest(Place place) {
      this.row = place.row();
      this.position = place.position();
      this.memory = memory(row, position);
      memory.length = position + 1;
    }

    @Override
    public int position() {
      return position;
    }

    @Override
    public Optional<RopeTable> turns(HeapAttention attention) {
      return attention.rope().map(parts.turns(row).tables()::get);
    }

    @Override
    public HeapRow keep(float[] key, float[] value) {
      int at = Math.toIntExact(parts.rows().slot(row, position) * key.length);
      store.get(2 * layer).put(at, key);
      store.get(2 * layer + 1).put(at, value);
      memory.put(layer, position, key, value);
      layer++;
      return memory;
    }
  }

  @Override
  public float[][] step(List<Place> chosen) {
    return logits(chosen, chosen.size());
  }

  @Override
  public int mostOfPrompt() {
    return weights(config) <= MOST_WEIGHTS ? MOST_OF_PROMPT : MOST_OF_LARGE_PROMPT;
  }

  @Override
  public float[] last(List<Place> chosen) {
    return logits(chosen, 1)[0];
  }

  /** Logits [n][V] after the last n of some tokens. */
  private float[][] logits(List<Place> chosen, int n) {
    List<Newest> tokens = new ArrayList<>();
    List<Optional<HeapAdapter>> own = new ArrayList<>();
    float[][] x = new float[chosen.size()][];
    for (int r = 0; r < x.length; r++) {
      Place place = chosen.get(r);
      own.add(Optional.ofNullable(adapters.get(place.row().adapter)));
      tokens.add(new Newest(place));
      x[r] = embedded(place.id(), own.get(r));
    }
    for (int layer = 0; layer < weights.layers().size(); layer++) {
      weights.layers().get(layer).apply(layer, x, tokens, own);
    }
    int from = x.length - n;
    float[][] ends = Arrays.copyOfRange(x, from, x.length);
    float[][] logits = new float[n][config.vocabSize()];
    for (float[] row : ends) {
      weights.lastNorm().apply(row, row, 0);
    }
    weights.head().apply(ends, logits, own.subList(from, x.length));
    float scale = (float) config.architecture().scales().logits();
    for (int r = 0; r < n; r++) {
      for (int j = 0; scale != 1 && j < logits[r].length; j++) {
        logits[r][j] *= scale;
      }
    }
    return logits;
  }

  private float[] embedded(int id, Optional<HeapAdapter> adapter) {
    int width = config.hiddenSize();
    float[] table = adapter.map(HeapAdapter::table).orElse(new float[0]);
    float[] x =
        table.length > 0
            ? Arrays.copyOfRange(table, id * width, (id + 1) * width)
            : weights.embeddings().row(id);
    float scale = (float) config.architecture().scales().embedding();
    for (int j = 0; scale != 1 && j < width; j++) {
      x[j] *= scale;
    }
    return x;
  }

  /**
   * A row's keys and values of its first tokens, read from the store where they were computed since
   * the last step.
   */
  private HeapRow memory(CacheRow row, int tokens) {
    HeapRow memory =
        memories.computeIfAbsent(row.number, number -> new HeapRow(config, row.tokens.length));
    for (; memory.length < tokens; memory.length++) {
      for (int layer = 0; layer < config.layers(); layer++) {
        int width = config.keyValueSize(layer);
        int at = Math.toIntExact(parts.rows().slot(row, memory.length) * width);
        float[] key = new float[width];
        float[] value = new float[width];
        store.get(2 * layer).get(at, key);
        store.get(2 * layer + 1).get(at, value);
        memory.put(layer, memory.length, key, value);
      }
    }
    return memory;
  }

  @Override
  public void shorten(int row, int length) {
    HeapRow memory = memories.get(row);
    if (memory != null) {
      memory.length = Math.min(memory.length, length);
    }
  }

  @Override
  public void forget(int row) {
    memories.remove(row);
  }

  @Override
  public Runnable loading(AdapterId id, AdapterTensors tensors) {
    HeapAdapter adapter = HeapAdapter.of(tensors);
    return () -> adapters.put(id, adapter);
  }

  @Override
  public void unload(AdapterId id) {
    adapters.remove(id);
  }
}
