package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderProgram;
import dev.reticent.model.TurnRows;
import dev.reticent.model.Turns;
import dev.reticent.weights.ComputeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A session whose rows ({@link OpenRows}) go on from what a store keeps ({@link KeyValueStore}).
 *
 * <p>Single tokens go by a {@link TokenDecoder} instead of the script, where one suits, and so may
 * the last tokens of a prompt, behind its whole pieces, where they are few: that follows from the
 * prompt's length, and what they leave is nobody else's.
 *
 * <p>Why a row's logits do not depend on its company, to the last bit: prompts are computed in
 * pieces of P tokens that begin at multiples of P, one row at a time, padded to P, against whole
 * blocks of keys; so a token's piece, its place in it and the number of keys follow from its
 * position, and only whole pieces are taken over from other prompts. In a step, products have
 * numbers of rows that give the same bits ({@link RowCounts}), padded; attention is computed for
 * each row and head by itself against whole blocks of keys, and all adapters are part of every
 * product ({@link AdapterStack}). Keys and values that steps computed are not taken over: they
 * differ in the last bits from those of a prompt.
 *
 * <p>Several tokens of one row in a step are so many rows of these products, all of whose keys are
 * in the store before any attends; each sees what is before it, and what is behind has a weight of
 * 0 as has what fills a block. So they get the bits of as many steps, and keys of tokens that were
 * taken back change none.
 */
final class CachedSession implements DecodingSession {

  private final Decoder decoder;
  private final SessionOptions options;
  private final SessionWeights weights;
  private final LiveAdapters adapters;
  private final OpenRows rows;
  private final KeyValueStore store;
  private final StandingArguments standing;
  private final Turns near;
  private final Turns far;
  private final Optional<TokenDecoder> tokens;
  private Optional<RowCounts> counts = Optional.empty();

  CachedSession(
      Decoder decoder,
      Map<AdapterId, AdapterTensors> adapters,
      SessionOptions options,
      AdapterRoom room) {
    this(decoder, adapters, options, room, new SessionWeights(decoder), TokenDecoder::suiting);
  }

  /**
   * @param weights owned from here on
   * @param choice of what decodes single tokens
   */
  CachedSession(
      Decoder decoder,
      Map<AdapterId, AdapterTensors> adapters,
      SessionOptions options,
      AdapterRoom room,
      SessionWeights weights,
      TokenDecoder.Choice choice) {
    this.decoder = decoder;
    this.options = options;
    this.weights = weights;
    this.adapters = new LiveAdapters(decoder, weights.like(), adapters, room);
    ModelConfig config = decoder.config();
    int maxTokens = options.maxTokens();
    int boundary = config.boundary();
    this.near = Turns.of(config, Math.min(maxTokens, boundary));
    this.far = maxTokens > boundary ? Turns.of(config, maxTokens) : near;
    this.rows = new OpenRows(config, options);
    this.store = new KeyValueStore(decoder, weights.like(), options);
    this.standing = new StandingArguments(weights, store.tensors());
    SessionParts parts =
        new SessionParts(decoder, options, weights, this.adapters, rows, store, near, far);
    this.tokens = choice.of(parts, this::stepTogether);
  }

  @Override
  public int vocabularySize() {
    return decoder.config().vocabSize();
  }

  @Override
  public int maxTokens() {
    return options.maxTokens();
  }

  @Override
  public int blockTokens() {
    return options.blockTokens();
  }

  @Override
  public int capacity() {
    return options.rows();
  }

  @Override
  public boolean knows(AdapterId adapter) {
    return adapters.stack().knows(adapter);
  }

  @Override
  public Runnable loading(AdapterId adapter, AdapterTensors tensors) {
    Optional<Runnable> copied = tokens.map(own -> own.loading(adapter, tensors));
    Runnable loading = adapters.loading(adapter, tensors);
    return () -> {
      loading.run();
      copied.ifPresent(Runnable::run);
    };
  }

  @Override
  public void unload(AdapterId adapter) {
    adapters.unload(adapter);
    tokens.ifPresent(own -> own.unload(adapter));
  }

  @Override
  public boolean fits(int mostTokens) {
    return rows.fits(mostTokens);
  }

  @Override
  public int open(AdapterId adapter, int[] prompt, int mostTokens) {
    return rows.open(adapter, prompt, mostTokens, store::clear).number;
  }

  @Override
  public float[] extend(int number, int[] ids) {
    CacheRow row = rows.growing(number, ids.length);
    if (ids.length == 0) {
      throw new IllegalArgumentException("nothing to append to row " + number);
    }
    System.arraycopy(ids, 0, row.tokens, row.length, ids.length);
    tokens.ifPresent(own -> own.forget(number));
    int end = row.length + ids.length;
    if (rows.crosses(row, end)) {
      row.far = true;
      row.length = 0;
    }
    float[] logits = {};
    while (row.length < end) {
      int pieceEnd = (row.length / options.blockTokens() + 1) * options.blockTokens();
      logits = piece(row, Math.min(end, pieceEnd), end);
    }
    return logits;
  }

  /** Computes the tokens up to {@code to}, all in one block; logits only at the end of all. */
  private float[] piece(CacheRow row, int to, int end) {
    int from = row.length;
    int width = options.blockTokens();
    int count = to - from;
    boolean last = to == end;
    if (last && count <= tokens.map(TokenDecoder::mostOfPrompt).orElse(0)) {
      return singly(tokens.orElseThrow(), row, to);
    }
    int block = from / width;
    long[] ids = new long[width];
    long[] slots = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = row.tokens[from + i];
      slots[i] = rows.slot(row, from + i);
    }
    TurnRows turns = new TurnRows(decoder.config(), width);
    turns.set(0, row.far ? far : near, from, count);
    float[] logits =
        run(
            "extend",
            !last,
            Tensor.of(decoder.device(), ids, 1, width),
            Tensor.of(decoder.device(), slots, count),
            Tensor.of(decoder.device(), longs(row.blocks.subList(0, block + 1)), block + 1),
            which(adapters.stack().indexOf(row.adapter)),
            row.number,
            from,
            last,
            turns.tensors(decoder.device(), width));
    row.length = to;
    row.publishing &= count == width;
    if (row.publishing) {
      rows.publish(row, from, to);
    }
    return logits;
  }

  /** Computes the last tokens of a prompt, too few for a piece that anybody could take over. */
  private static float[] singly(TokenDecoder decoder, CacheRow row, int to) {
    List<Place> places = new ArrayList<>();
    for (int position = row.length; position < to; position++) {
      places.add(new Place(row, position, position));
    }
    row.length = to;
    row.publishing = false;
    return decoder.last(places);
  }

  /**
   * Calls a decoding method: its own arguments, whose tensors are freed, then those of every call.
   */
  private float[] run(String method, boolean silent, Object... own) {
    try (Scope scope = new Scope()) {
      List<Object> arguments = new ArrayList<>();
      for (Object argument : own) {
        arguments.add(argument);
        if (argument instanceof Tensor tensor) {
          scope.own(tensor);
        } else if (argument instanceof List<?> tensors) {
          tensors.forEach(tensor -> scope.own((Tensor) tensor));
        }
      }
      arguments.addAll(standing.with(adapters.stack()));
      Tensor result = decoder.program().infer(scope, method, arguments.toArray()).get(0);
      return silent ? new float[0] : result.toFloats();
    }
  }

  @Override
  public float[][] step(int[] numbers, int[] ids) {
    float[][] logits = new float[numbers.length][];
    List<Place> together = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      CacheRow row = rows.growing(numbers[i], 1);
      if (rows.crosses(row, row.length + 1)) {
        logits[i] = extend(numbers[i], new int[] {ids[i]});
      } else {
        together.add(new Place(row, row.length, i));
        row.tokens[row.length++] = ids[i];
        row.publishing = false;
      }
    }
    // Tokens with as many blocks of keys attend together; those of a row stay in their order.
    together.sort(Comparator.comparingInt(place -> place.position() / options.blockTokens()));
    if (!together.isEmpty()) {
      float[][] part = tokens.isPresent() ? tokens.get().step(together) : stepTogether(together);
      for (int i = 0; i < part.length; i++) {
        logits[together.get(i).order()] = part[i];
      }
    }
    return logits;
  }

  /** Logits [n][V]; the places are in the order of their numbers of blocks. */
  private float[][] stepTogether(List<Place> places) {
    int n = places.size();
    int padded = counts().padded(n);
    long[] ids = new long[padded];
    long[] which = new long[padded];
    long[] slots = new long[n];
    long[] at = new long[n];
    TurnRows turns = new TurnRows(decoder.config(), padded);
    List<Integer> blocks = new ArrayList<>();
    TreeMap<Integer, Integer> groups = new TreeMap<>(); // blocks of a place -> places
    for (int i = 0; i < n; i++) {
      CacheRow row = places.get(i).row();
      int position = places.get(i).position();
      int width = position / options.blockTokens() + 1;
      ids[i] = places.get(i).id();
      which[i] = adapters.stack().indexOf(row.adapter);
      slots[i] = rows.slot(row, position);
      at[i] = position;
      turns.set(i, row.far ? far : near, position, 1);
      blocks.addAll(row.blocks.subList(0, width));
      groups.merge(width, 1, Integer::sum);
    }
    long[] sizes =
        groups.entrySet().stream()
            .flatMapToLong(e -> java.util.stream.LongStream.of(e.getValue(), e.getKey()))
            .toArray();
    float[] logits =
        run(
            "step",
            false,
            Tensor.of(decoder.device(), ids, padded),
            Tensor.of(decoder.device(), slots, n),
            Tensor.of(decoder.device(), at, n),
            places.stream().mapToLong(place -> place.row().number).toArray(),
            sizes,
            Tensor.of(decoder.device(), longs(blocks), blocks.size()),
            which(which),
            turns.tensors(decoder.device(), padded, 1, 1));
    int v = vocabularySize();
    float[][] byPlace = new float[n][];
    for (int i = 0; i < n; i++) {
      byPlace[i] = Arrays.copyOfRange(logits, i * v, (i + 1) * v);
    }
    return byPlace;
  }

  @Override
  public int atOnce(int number) {
    return rows.atOnce(rows.row(number));
  }

  @Override
  public void shorten(int number, int length) {
    rows.shorten(rows.row(number), length);
    tokens.ifPresent(own -> own.shorten(number, length));
  }

  /** Found in the thread that computes, since the number of its cores may decide. */
  RowCounts counts() {
    if (counts.isEmpty()) {
      // In bf16 the rounding of results hides that sums differ, but for rare ones: nothing to see.
      boolean visible = weights.compute() == ComputeType.FLOAT32;
      counts =
          Optional.of(
              decoder.rowsApart()
                  ? RowCounts.any()
                  : RowCounts.find(count -> visible && alike(count)));
    }
    return counts.get();
  }

  private boolean alike(int count) {
    long[] which = new long[DecoderProgram.ROWS];
    Arrays.fill(which, adapters.stack().lastIndex());
    TurnRows turns = TurnRows.some(decoder.config(), DecoderProgram.ROWS);
    float[] answer =
        run(
            "alike",
            false,
            count,
            Tensor.of(decoder.device(), which, which.length),
            turns.tensors(decoder.device(), DecoderProgram.ROWS, 1, 1));
    return answer[0] == 1;
  }

  /** The adapter of each row, or nothing where there are none. */
  private Tensor which(long... rows) {
    return adapters.stack().lastIndex() == 0
        ? Tensor.absent(decoder.device())
        : Tensor.of(decoder.device(), rows, rows.length);
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }

  @Override
  public int length(int number) {
    return rows.row(number).length;
  }

  @Override
  public void release(int number) {
    rows.release(number);
    tokens.ifPresent(own -> own.forget(number));
  }

  @Override
  public BlockUse blocks() {
    return rows.blocks();
  }

  @Override
  public void close() {
    tokens.ifPresent(TokenDecoder::close);
    standing.close();
    store.close();
    adapters.close();
    weights.close();
  }
}
