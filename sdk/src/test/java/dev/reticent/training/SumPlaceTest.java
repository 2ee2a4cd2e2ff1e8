package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Tensor;
import dev.reticent.format.FileDigest;
import dev.reticent.format.Safetensors;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
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
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.WeightLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training whose sums stay on their device, here the processors, beside training whose sums are
 * added on the host.
 */
class SumPlaceTest {

  private static final ComputeDevice CPU = ComputeDevice.CPU;
  private static final Path MODEL = Golden.folder("mistral-tiny");
  private static final int UNITS = 9;
  private static final int STEPS = 2;

  @TempDir Path folder;

  private static List<List<TokenizedExample>> units(int count) {
    List<List<TokenizedExample>> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = 4 + 5 * (i % UNITS);
      boolean[] counts = new boolean[length];
      Arrays.fill(counts, length / 2, length, true);
      int[] ids = new Random(i).ints(length, 3, 100).toArray();
      units.add(List.of(new TokenizedExample(ids, counts, "row" + i)));
    }
    return units;
  }

  private static Trainable trainable(Decoder decoder, boolean lora) {
    if (!lora) {
      try (Safetensors files = Safetensors.open(MODEL)) {
        return new TrainableWeights(decoder, new WeightLayout(decoder.config()).read(files));
      }
    }
    LoraSpec spec = LoraSpec.of(4, 8, Projection.targets(decoder.config()));
    Adapter adapter = Adapter.initial(AdapterLayout.of(decoder.config(), spec), 1);
    Random random = new Random(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] += (float) (0.05 * random.nextGaussian());
    }
    return new TrainableAdapter(decoder, adapter);
  }

  private PrivateStep open(SubsampledGaussian plan, Clipping clipping, int units)
      throws IOException {
    LedgerHeader header =
        new LedgerHeader(
            plan,
            clipping.clipNorm(),
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "config",
            false);
    Path file = Files.createTempDirectory(folder, "ledger").resolve("ledger.jsonl");
    Ledger ledger = Ledger.open(file, header, AccountantRule.RDP);
    StepPlan step = new StepPlan(plan, new PrivateCurve(0.1, 5), units);
    return PrivateStep.open(step, clipping, RunKey.insecureForTests(1), ledger, units);
  }

  /** What two private steps make of the values, and what they say of their batches. */
  private List<Object> trained(
      DecoderOptions options, boolean lora, Clipping clipping, SumPlace place, int workers)
      throws IOException {
    List<Object> result = new ArrayList<>();
    try (Decoder decoder = Decoder.load(MODEL, options);
        Trainable trainable = trainable(decoder, lora);
        Crew crew =
            new LocalCrew(trainable, new PhysicalBatch(2, notice -> {}), new Workers(workers))) {
      PrivateStep step = open(new SubsampledGaussian(0.7, 1, STEPS), clipping, UNITS);
      int dimension = trainable.values().length;
      PrivateGradients source =
          new PrivateGradients(step, dimension, units(UNITS), crew).with(place);
      Optimizer optimizer = new AdamW(dimension, 0.9, 0.999, 1e-8, 0.01);
      for (int i = 0; i < STEPS; i++) {
        GradientSource.Step next = source.next(i);
        optimizer.step(trainable.values(), next.gradient(), 1e-3);
        trainable.upload();
        result.add(next.statistics());
        result.add(next.curve());
      }
      result.add(FileDigest.sha256(Arrays.toString(trainable.values())));
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, true", "BFLOAT16, true", "FLOAT32, false", "BFLOAT16, false"})
  void trainedValuesHaveTheSameBitsWhereverGradientsAreAdded(ComputeType type, boolean lora)
      throws IOException {
    DecoderOptions options = DecoderOptions.standard().with(type);
    Clipping flat = new Clipping.Flat(0.05);
    List<Object> here = trained(options, lora, flat, SumPlace.HOST, 1);
    for (int workers : new int[] {1, 3}) {
      assertThat(trained(options, lora, flat, SumPlace.DEVICE, workers))
          .as("%d workers", workers)
          .isEqualTo(here);
    }
  }

  @Test
  void everyClippingRuleHasTheSameBitsInEitherPlace() throws IOException {
    DecoderOptions options = DecoderOptions.standard();
    for (Clipping clipping :
        List.of(
            new Clipping.PerLayer(0.05),
            new Clipping.Automatic(0.05, 0.01),
            new Clipping.Adaptive(0.05, 2, 0.5, 0.2))) {
      assertThat(trained(options, true, clipping, SumPlace.DEVICE, 2))
          .as("%s", clipping)
          .isEqualTo(trained(options, true, clipping, SumPlace.HOST, 2));
    }
  }

  /** The same without protection. */
  private static List<Object> trainedPlainly(
      DecoderOptions options, boolean lora, SumPlace place, int workers) {
    List<Object> result = new ArrayList<>();
    List<TokenizedExample> examples = units(UNITS).stream().flatMap(List::stream).toList();
    try (Decoder decoder = Decoder.load(MODEL, options);
        Trainable trainable = trainable(decoder, lora);
        Crew crew =
            new LocalCrew(trainable, new PhysicalBatch(2, notice -> {}), new Workers(workers))) {
      int dimension = trainable.values().length;
      PlainGradients source = new PlainGradients(dimension, examples, UNITS, 3, crew).with(place);
      Optimizer optimizer = new Sgd(dimension, 0, 0);
      for (int i = 0; i < STEPS; i++) {
        GradientSource.Step next = source.next(i);
        optimizer.step(trainable.values(), next.gradient(), 1e-3);
        trainable.upload();
        result.add(next.statistics());
      }
      result.add(FileDigest.sha256(Arrays.toString(trainable.values())));
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, true", "BFLOAT16, false"})
  void withoutPrivacyTheBitsAreTheSameTooWhereverGradientsAreAdded(ComputeType type, boolean lora) {
    DecoderOptions options = DecoderOptions.standard().with(type);
    List<Object> here = trainedPlainly(options, lora, SumPlace.HOST, 1);
    for (int workers : new int[] {1, 3}) {
      assertThat(trainedPlainly(options, lora, SumPlace.DEVICE, workers))
          .as("%d workers", workers)
          .isEqualTo(here);
    }
  }

  @Test
  void copiesToTheHostDoNotGrowWithTheMicroBatches() throws IOException {
    try (Decoder decoder = Decoder.load(MODEL, DecoderOptions.standard());
        Trainable trainable = trainable(decoder, true);
        Crew crew = new LocalCrew(trainable, new PhysicalBatch(1, notice -> {}), new Workers(1))) {
      List<Long> copies = new ArrayList<>();
      List<Long> calls = new ArrayList<>();
      for (int units : new int[] {UNITS, UNITS, 4 * UNITS}) {
        PrivateStep step = open(new SubsampledGaussian(1, 1, 1), new Clipping.Flat(1), units);
        int dimension = trainable.values().length;
        long before = Tensor.copiesToHost();
        long called = Program.calls();
        new PrivateGradients(step, dimension, units(units), crew).with(SumPlace.DEVICE).next(0);
        copies.add(Tensor.copiesToHost() - before);
        calls.add(Program.calls() - called);
        List<TokenizedExample> examples = units(units).stream().flatMap(List::stream).toList();
        before = Tensor.copiesToHost();
        new PlainGradients(dimension, examples, units, 3, crew).with(SumPlace.DEVICE).next(0);
        assertThat(Tensor.copiesToHost() - before).as("sum and losses").isEqualTo(2);
      }
      assertThat(copies.get(1)).as("the sum, and what is known of micro-batches").isEqualTo(2);
      assertThat(copies.get(2)).as("for four times the micro-batches").isEqualTo(2);
      // Forward and backward of each layer, and as few around them, each one call.
      int layers = decoder.config().layers();
      assertThat(calls.get(2) - calls.get(1))
          .as("calls of the engine for so many micro-batches more")
          .isLessThanOrEqualTo(3L * UNITS * (2L * layers + 12));
      long called = Program.calls();
      trainable.upload();
      assertThat(Program.calls() - called).as("calls for an upload").isLessThanOrEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePlanTimesSumsWhereTheyAreAdded(boolean perExample) {
    ModelConfig config = ModelConfig.read(MODEL);
    long before = Tensor.copiesToHost();
    double seconds =
        new StepTimer(
                config,
                List.of(CPU),
                DecoderOptions.standard(),
                Optional.of(LoraSpec.of(4, 8, Projection.targets(config))),
                SumPlace.DEVICE)
            .seconds(2, 4, perExample);
    assertThat(seconds).isPositive();
    // 31 rounds at most of two models, each of which is waited for by one copy
    assertThat(Tensor.copiesToHost() - before).isLessThanOrEqualTo(2 * 31);
  }
}
