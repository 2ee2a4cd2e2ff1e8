package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.format.Safetensors;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One training step for each line on standard input: the Java side of {@code benchmark.py}, which
 * lets it and Python take turns.
 *
 * <p>Every unit is in every batch (q = 1), so that a step is the same work each time.
 */
final class StepBenchmark {

  private static final int STEPS = 1000;

  private StepBenchmark() {}

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    Path folder = Path.of(spec.get("folder").asText());
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeDevice.parse(spec.path("device").asText("cpu")))
            .with(ComputeType.valueOf(spec.get("compute").asText()))
            .with(Quantization.valueOf(spec.path("quantization").asText("NONE")));
    List<TokenizedExample> examples = examples(spec.get("ids"));
    PhysicalBatch physical = new PhysicalBatch(spec.get("physical").asInt(), System.err::println);
    try (Decoder decoder = Decoder.load(folder, options);
        Trainable trainable = trainable(decoder, folder, spec.get("rank").asInt());
        Crew crew = new LocalCrew(trainable, physical, Workers.sharingCores(1))) {
      int size = trainable.values().length;
      GradientSource source =
          spec.get("private").asBoolean()
              ? privately(size, examples, crew)
              : new PlainGradients(size, examples, examples.size(), 0, crew);
      AdamW optimizer = new AdamW(trainable.values().length, 0.9, 0.999, 1e-8, 0);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      System.out.println("ready");
      for (int step = 0; in.readLine() != null; step++) {
        long start = System.nanoTime();
        optimizer.step(trainable.values(), source.next(step).gradient(), 1e-4);
        trainable.upload();
        System.out.printf(Locale.ROOT, "%.6f%n", (System.nanoTime() - start) * 1e-9);
      }
    }
  }

  static List<TokenizedExample> examples(JsonNode rows) {
    List<TokenizedExample> examples = new ArrayList<>();
    for (JsonNode row : rows) {
      int[] ids = new int[row.size()];
      boolean[] mask = new boolean[row.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = row.get(i).asInt();
        mask[i] = i > 0;
      }
      examples.add(new TokenizedExample(ids, mask, "row" + examples.size()));
    }
    return examples;
  }

  static Trainable trainable(Decoder decoder, Path folder, int rank) {
    if (rank == 0) {
      try (Safetensors files = Safetensors.open(folder)) {
        return new TrainableWeights(decoder, new WeightLayout(decoder.config()).read(files));
      }
    }
    List<String> targets = Projection.targets(decoder.config());
    AdapterLayout layout =
        AdapterLayout.of(decoder.config(), LoraSpec.of(rank, 2.0 * rank, targets));
    return new TrainableAdapter(decoder, Adapter.initial(layout, 0));
  }

  static PrivateGradients privately(int dimension, List<TokenizedExample> examples, Crew crew)
      throws IOException {
    SubsampledGaussian plan = new SubsampledGaussian(1, 1, STEPS);
    RunKey key = RunKey.fresh();
    Path folder = Scratch.folder("benchmark");
    folder.toFile().deleteOnExit();
    LedgerHeader header =
        new LedgerHeader(
            plan,
            1,
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "config",
            key.secret());
    Ledger ledger = Ledger.open(folder.resolve("ledger.jsonl"), header, AccountantRule.RDP);
    PrivateStep step =
        PrivateStep.open(
            new StepPlan(plan, PrivateCurve.NONE, examples.size()),
            new Clipping.Flat(1),
            key,
            ledger,
            examples.size());
    return new PrivateGradients(step, dimension, examples.stream().map(List::of).toList(), crew);
  }
}
