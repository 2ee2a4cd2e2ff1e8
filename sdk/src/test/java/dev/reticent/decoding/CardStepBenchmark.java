package dev.reticent.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.KernelDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.HostKernels;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A step of single tokens on a card: as a CUDA graph, launched one by one, by the script, and with
 * an adapter, in turns; then each kernel of a layer by itself. Without a card the kernels are those
 * of the host.
 *
 * <pre>{"folder": …, "device": "cuda:0", "quantization": "NF4", "rows": [1, 16], "tokens": 64}
 * </pre>
 */
final class CardStepBenchmark {

  private static final int PROMPT = 32;
  private static final int RANK = 16;
  private static final AdapterId ADAPTER = new AdapterId("a".repeat(64));

  private final Decoder decoder;
  private final KernelDevice card;
  private final List<String> ways;
  private final int tokens;
  private final long weights;
  private List<KernelDevice.Launch> launches = List.of();

  private CardStepBenchmark(Decoder decoder, KernelDevice card, List<String> ways, int tokens) {
    this.decoder = decoder;
    this.ways = ways;
    this.card = card;
    this.tokens = tokens;
    ModelConfig config = decoder.config();
    double bytes = decoder.options().quantization() == Quantization.NF4 ? 4.127 / 8 : 2;
    double all = 2.0 * config.vocabSize() * config.hiddenSize();
    for (int layer = 0; layer < config.layers(); layer++) {
      all += bytes * Projection.layerValues(config, layer);
    }
    this.weights = (long) all;
  }

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    ComputeDevice device = ComputeDevice.parse(spec.get("device").asText());
    DecoderOptions options =
        DecoderOptions.standard()
            .with(device)
            .with(ComputeType.BFLOAT16)
            .with(Quantization.valueOf(spec.get("quantization").asText()));
    Path folder = Path.of(spec.get("folder").asText());
    Optional<KernelDevice> host = Optional.empty();
    if (device.onHost()) {
      Path kernels = Scratch.folder("kernels");
      HostKernels.install(kernels);
      host = Optional.of(new HostKernels.Device(kernels));
    }
    long start = System.nanoTime();
    try (Decoder decoder =
        device.onHost()
            ? HostKernels.decoder(ModelConfig.read(folder), options, true)
            : Decoder.load(folder, options)) {
      System.out.printf(Locale.ROOT, "loaded in %.1f s%n", (System.nanoTime() - start) * 1e-9);
      KernelDevice card = host.or(decoder::kernelDevice).orElseThrow();
      CardStepBenchmark benchmark =
          new CardStepBenchmark(
              decoder,
              card,
              List.of(new ObjectMapper().convertValue(spec.get("ways"), String[].class)),
              spec.get("tokens").asInt());
      for (JsonNode rows : spec.get("rows")) {
        benchmark.steps(rows.asInt());
      }
    }
  }

  /** The card, whose lists are told and may be launched one by one. */
  private final class Watched implements KernelDevice {
    private final boolean graphs;

    Watched(boolean graphs) {
      this.graphs = graphs;
    }

    @Override
    public int processors() {
      return card.processors();
    }

    @Override
    public Replay prepare(List<Launch> list) {
      launches = list;
      return graphs || decoder.device().onHost() ? card.prepare(list) : card.oneByOne(list);
    }

    @Override
    public Replay oneByOne(List<Launch> list) {
      return card.oneByOne(list);
    }

    @Override
    public void write(ByteBuffer from, long address) {
      card.write(from, address);
    }

    @Override
    public void read(long address, List<float[]> to) {
      card.read(address, to);
    }

    @Override
    public void close() {
      // the card serves the next session
    }
  }

  private CachedSession session(int rows, Map<AdapterId, AdapterTensors> adapters, String way) {
    SessionOptions size = SessionOptions.of(rows, PROMPT + 2 * tokens + 8);
    return new CachedSession(
        decoder,
        adapters,
        new SessionOptions(
            size.rows(), size.maxTokens(), size.cacheTokens(), size.blockTokens(), false),
        AdapterRoom.NONE,
        new SessionWeights(decoder, 0),
        (parts, script) ->
            way.startsWith("script")
                ? Optional.empty()
                : CardDecoder.on(Optional.of(new Watched(!way.equals("direct"))), parts, script));
  }

  /** A session whose rows have their prompts. */
  private final class Run implements AutoCloseable {
    private final String way;
    private final CachedSession session;
    private final int[] rows;
    private final List<float[]> first = new ArrayList<>();
    private double best = Double.MAX_VALUE;

    Run(int count, AdapterTensors tensors, String way) {
      this.way = way;
      boolean adapted = way.endsWith("adapter");
      this.session = session(count, adapted ? Map.of(ADAPTER, tensors) : Map.of(), way);
      AdapterId id = adapted ? ADAPTER : AdapterId.NONE;
      this.rows =
          IntStream.range(0, count)
              .map(
                  r -> {
                    int[] prompt = new int[PROMPT];
                    Arrays.setAll(prompt, i -> 3 + (7 * i + r) % 300);
                    int row = session.open(id, prompt, session.maxTokens());
                    session.extend(row, prompt);
                    return row;
                  })
              .toArray();
      for (int i = 0; i < 4; i++) { // the interpreter is slow at first, and lists are made
        first.addAll(List.of(session.step(rows, ids(i))));
      }
    }

    private int[] ids(int step) {
      int[] ids = new int[rows.length];
      Arrays.setAll(ids, r -> 3 + (11 * step + r) % 300);
      return ids;
    }

    void round() {
      long start = System.nanoTime();
      for (int i = 0; i < tokens; i++) {
        session.step(rows, ids(i));
      }
      best = Math.min(best, (System.nanoTime() - start) * 1e-9 / tokens);
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private void steps(int count) {
    try (AdapterTensors tensors = adapter()) {
      List<Run> runs = new ArrayList<>();
      for (String way : ways) {
        try {
          runs.add(new Run(count, tensors, way));
        } catch (RuntimeException e) {
          System.out.println(way + " failed: " + e);
        }
      }
      for (int round = 0; round < 2; round++) {
        runs.forEach(Run::round);
      }
      for (Run run : runs) {
        System.out.printf(
            Locale.ROOT,
            "%2d rows, %-15s %8.3f ms %8.1f tokens/s %6.0f GB/s; off by %.4f, bits as direct: %s%n",
            count,
            run.way,
            1e3 * run.best,
            count / run.best,
            weights / run.best * 1e-9,
            apart(run, runs),
            alike(run, runs));
      }
      kernels(count);
      runs.forEach(Run::close);
    }
  }

  /** The largest difference of the first steps' logits from the script's over the largest logit. */
  private static double apart(Run run, List<Run> runs) {
    double apart = 0;
    double size = 0;
    for (Run other : runs) {
      boolean reference = other.way.equals("script");
      if (run.way.endsWith("adapter") ? !reference && other.way.startsWith("script") : reference) {
        for (int i = 0; i < other.first.size(); i++) {
          for (int j = 0; j < other.first.get(i).length; j++) {
            float wanted = other.first.get(i)[j];
            apart = Math.max(apart, Math.abs(run.first.get(i)[j] - wanted));
            size = Math.max(size, Math.abs(wanted));
          }
        }
      }
    }
    return apart / size;
  }

  /** Whether the first steps' logits are those of kernels launched one by one. */
  private static String alike(Run run, List<Run> runs) {
    if (runs.stream().noneMatch(other -> other.way.equals("direct"))) {
      return "not asked";
    }
    boolean alike =
        runs.stream()
            .filter(other -> other.way.equals("direct"))
            .allMatch(
                other ->
                    IntStream.range(0, other.first.size())
                        .allMatch(i -> Arrays.equals(other.first.get(i), run.first.get(i))));
    return alike ? "yes" : "no";
  }

  /** Each kernel of a layer, over all layers, so that no weight is in a cache. */
  private void kernels(int count) {
    int layers = decoder.config().layers();
    int each = (launches.size() - 3) / layers;
    Map<Integer, List<KernelDevice.Launch>> kinds = new LinkedHashMap<>();
    for (int i = 0; i < launches.size(); i++) {
      int kind = i == 0 ? -1 : i > each * layers ? i : (i - 1) % each;
      kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(launches.get(i));
    }
    StringBuilder line = new StringBuilder(count + " rows, µs a launch:");
    for (List<KernelDevice.Launch> kind : kinds.values()) {
      String name = kind.get(0).kernel().replace("_bf16", "");
      line.append(
          String.format(Locale.ROOT, " %s(%d) %.1f", name, kind.get(0).blocks(), micros(kind)));
      if (name.startsWith("nf4") && kind.get(0).blocks() > 2L * card.processors()) {
        for (int blocks : new int[] {2, 4, 6}) {
          List<KernelDevice.Launch> other = with(kind, (long) blocks * card.processors());
          line.append(String.format(Locale.ROOT, " [%d/SM %.1f]", blocks, micros(other)));
        }
      }
    }
    System.out.println(line);
  }

  private static List<KernelDevice.Launch> with(List<KernelDevice.Launch> kind, long blocks) {
    return kind.stream()
        .map(l -> new KernelDevice.Launch(l.kernel(), blocks, l.threads(), l.parameters()))
        .toList();
  }

  private double micros(List<KernelDevice.Launch> kind) {
    List<KernelDevice.Launch> list = new ArrayList<>(kind);
    while (list.size() < 32 && !decoder.device().onHost()) {
      list.addAll(kind);
    }
    float[] wait = new float[1];
    long address = launches.get(launches.size() - 1).parameters().get(3); // of the logits
    double best = Double.MAX_VALUE;
    try (KernelDevice.Replay replay = card.prepare(list)) {
      for (int round = 0; round < (decoder.device().onHost() ? 1 : 4); round++) {
        card.read(address, List.of(wait));
        long start = System.nanoTime();
        replay.run();
        card.read(address, List.of(wait));
        best = Math.min(best, (System.nanoTime() - start) * 1e-3 / list.size());
      }
    }
    return best;
  }

  /** Of rank 16 on all projections. */
  private AdapterTensors adapter() {
    ModelConfig config = decoder.config();
    AdapterTensors tensors = AdapterTensors.none(config, decoder.device());
    List<Projection> projections = Projection.of(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int i = 0; i < projections.size(); i++) {
        Projection p = projections.get(i);
        Tensor a = filled(RANK, p.in(config, layer));
        Tensor b = filled(p.out(config, layer), RANK);
        tensors.put(layer, i, a, b, Tensor.of(decoder.device(), new float[] {1}, 1));
      }
    }
    return tensors;
  }

  private Tensor filled(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2e-4f * (i * 7919 % 201 - 100);
    }
    return Tensor.of(decoder.device(), values, rows, columns);
  }
}
