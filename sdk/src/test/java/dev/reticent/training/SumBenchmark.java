package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.FileDigest;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.model.Golden;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.Scaling;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What lies around the layers of a private step, on a device: whether sums have the same bits there
 * and on the host, how long a micro-batch's sum takes, and how long a model takes to be there.
 *
 * <pre>{"device": "cuda:0", "hidden": 4096, "feed_forward": 14336, "keys": 1024, "layers": 32,
 *  "folder": a model's, or nothing}</pre>
 */
final class SumBenchmark {

  private static final int RANK = 16;
  private static final int ROUNDS = 4;
  private static final Scaling FLAT = new Scaling(1, 1, 0, false);

  private final ComputeDevice device;

  private SumBenchmark(ComputeDevice device) {
    this.device = device;
  }

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    SumBenchmark benchmark = new SumBenchmark(ComputeDevice.parse(spec.get("device").asText()));
    for (ComputeType type : ComputeType.values()) {
      benchmark.sameBytes(type);
    }
    for (int rows : new int[] {1, 4}) {
      benchmark.sums(spec, rows);
    }
    if (spec.has("folder")) {
      benchmark.loading(Path.of(spec.get("folder").asText()));
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }

  // ---- the same bytes ----

  private void sameBytes(ComputeType type) throws IOException {
    String host = trained(type, SumPlace.HOST);
    String there = trained(type, SumPlace.DEVICE);
    say("%s: sums on the host give %s", type, host);
    say("%s: sums on %s give %s: %s", type, device, there, there.equals(host) ? "SAME" : "OTHER");
  }

  private String trained(ComputeType type, SumPlace place) throws IOException {
    SubsampledGaussian plan = new SubsampledGaussian(0.7, 1, 3);
    LedgerHeader header =
        new LedgerHeader(plan, 0.05, 1e-5, 1e9, Adjacency.ADD_OR_REMOVE_ONE, "row", "c", false);
    Path file = Scratch.folder("ledger").resolve("ledger.jsonl");
    try (Ledger ledger = Ledger.open(file, header, AccountantRule.RDP);
        Decoder decoder =
            Decoder.load(
                Golden.folder("mistral-tiny"), DecoderOptions.standard().with(type).with(device));
        TrainableAdapter trainable = new TrainableAdapter(decoder, adapter(decoder));
        Crew crew = new LocalCrew(trainable, new PhysicalBatch(2, n -> {}), new Workers(1))) {
      List<List<TokenizedExample>> units = units();
      PrivateStep step =
          PrivateStep.open(
              new StepPlan(plan, new PrivateCurve(0.1, 5), units.size()),
              new Clipping.Flat(0.05),
              RunKey.insecureForTests(1),
              ledger,
              units.size());
      int dimension = trainable.values().length;
      PrivateGradients source = new PrivateGradients(step, dimension, units, crew).with(place);
      Optimizer optimizer = new AdamW(dimension, 0.9, 0.999, 1e-8, 0.01);
      for (int i = 0; i < plan.steps(); i++) {
        long before = Tensor.copiesToHost();
        GradientSource.Step next = source.next(i);
        say("  step %d: %d copies to the host", i + 1, Tensor.copiesToHost() - before);
        optimizer.step(trainable.values(), next.gradient(), 1e-3);
        trainable.upload();
      }
      return FileDigest.sha256(Arrays.toString(trainable.values()));
    }
  }

  private static Adapter adapter(Decoder decoder) {
    LoraSpec spec = LoraSpec.of(4, 8, Projection.targets(decoder.config()));
    Adapter adapter = Adapter.initial(AdapterLayout.of(decoder.config(), spec), 1);
    Random random = new Random(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] += (float) (0.05 * random.nextGaussian());
    }
    return adapter;
  }

  private static List<List<TokenizedExample>> units() {
    List<List<TokenizedExample>> units = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      int[] ids = new Random(i).ints(4 + 5 * i, 3, 100).toArray();
      boolean[] counts = new boolean[ids.length];
      Arrays.fill(counts, ids.length / 2, ids.length, true);
      units.add(List.of(new TokenizedExample(ids, counts, "row" + i)));
    }
    return units;
  }

  // ---- the time of a sum ----

  private void sums(JsonNode spec, int rows) {
    int d = spec.get("hidden").asInt();
    int f = spec.get("feed_forward").asInt();
    int k = spec.get("keys").asInt();
    int[][] maps = {{d, d}, {d, k}, {d, k}, {d, d}, {d, f}, {d, f}, {f, d}};
    try (Scope scope = new Scope();
        EngineSum sum = new EngineSum(device)) {
      List<List<Tensor>> groups = new ArrayList<>();
      int dimension = 0;
      for (int layer = 0; layer < spec.get("layers").asInt(); layer++) {
        List<Tensor> group = new ArrayList<>();
        for (int[] map : maps) {
          for (int side : map) {
            float[] values = new float[rows * RANK * side];
            Arrays.fill(values, 1e-4f * (layer + 1));
            group.add(scope.own(Tensor.of(device, values, rows, (long) RANK * side)));
            dimension += RANK * side;
          }
        }
        groups.add(group);
      }
      Tensor losses = scope.own(Tensor.of(device, new float[rows], rows));
      for (int round = 0; round < ROUNDS; round++) {
        try (Scope own = new Scope()) {
          EngineGradients gradients = copy(own, groups, losses, rows);
          await(losses);
          long start = System.nanoTime();
          new SumBenchmark(device).norms(gradients);
          sum.add(gradients, FLAT, 0x1p30);
          double asked = millis(start);
          await(losses);
          say("%d rows: a sum on %s, asked/done %.2f/%.2f ms", rows, device, asked, millis(start));
        }
      }
      long start = System.nanoTime();
      sum.take(new long[dimension]);
      say("%d rows: the sum of %d values taken in %.1f ms", rows, dimension, millis(start));
      for (int round = 0; round < 2; round++) {
        try (Scope own = new Scope()) {
          EngineGradients gradients = copy(own, groups, losses, rows);
          await(losses);
          long begin = System.nanoTime();
          double[][] norms = gradients.squaredNorms();
          for (double[] group : norms) {
            Arrays.fill(group, 0x1p30);
          }
          gradients.wholeSum(norms);
          say("%d rows: a sum on the host, added to nothing, %.2f ms", rows, millis(begin));
        }
      }
    }
  }

  private void norms(EngineGradients gradients) {
    try (Scope own = new Scope()) {
      List<List<Tensor>> groups = new ArrayList<>();
      for (int g = 0; g < gradients.groups(); g++) {
        groups.add(gradients.group(g));
      }
      SumProgram.squaredNorms(own, groups, gradients.lossTensor());
    }
  }

  private EngineGradients copy(Scope scope, List<List<Tensor>> groups, Tensor losses, int rows) {
    List<List<Tensor>> copies = new ArrayList<>();
    groups.forEach(group -> copies.add(SumProgram.sent(scope, group, losses)));
    return new EngineGradients(device, scope, new Trainable.Gradients(losses, copies), rows);
  }

  /** Waits until the device has done all that it was given. */
  private static void await(Tensor losses) {
    try (Scope own = new Scope()) {
      SumProgram.sent(own, List.of(losses), losses).get(0).toFloats();
    }
  }

  private static double millis(long start) {
    return (System.nanoTime() - start) * 1e-6;
  }

  // ---- loading ----

  private void loading(Path folder) throws IOException {
    Path kept = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "quantized");
    WeightCache cache = new WeightCache(kept, 0, System.out::println);
    try {
      load(folder, Quantization.NF4, WeightCache.none(), "quantized in memory");
      load(folder, Quantization.NF4, cache, "quantized, and kept on disk");
      load(folder, Quantization.NF4, cache, "as it was kept");
      load(folder, Quantization.NONE, WeightCache.none(), "in bf16");
    } finally {
      try (var files = Files.walk(kept)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void load(Path folder, Quantization kind, WeightCache cache, String how) {
    DecoderOptions options =
        DecoderOptions.standard().with(ComputeType.BFLOAT16).with(kind).with(device);
    long start = System.nanoTime();
    try (DecoderGroup group =
        DecoderGroup.load(
            folder, List.of(device), options, Placement.REPLICATED, cache, notice -> {})) {
      say("%d layers there in %.2f s, %s", group.config().layers(), millis(start) * 1e-3, how);
    }
  }
}
