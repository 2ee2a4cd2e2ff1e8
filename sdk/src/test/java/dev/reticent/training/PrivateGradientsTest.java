package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
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
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The private step on a real decoder, every unit in the batch, against a plain loop. */
class PrivateGradientsTest {

  /** So little noise that the released mean is the mean of the sum. */
  private static final SubsampledGaussian PLAN = new SubsampledGaussian(1, 0x1p-30, 1);

  private static final double C = 0.05;

  /** A token that no other example has. */
  private static final int BROKEN = 113;

  @TempDir Path folder;

  private static TokenizedExample example(int length, long seed) {
    int[] ids = new Random(seed).ints(length, 3, 100).toArray();
    boolean[] mask = new boolean[length];
    Arrays.fill(mask, length / 2, length, true);
    return new TokenizedExample(ids, mask, "row" + seed);
  }

  private static List<List<TokenizedExample>> units() {
    List<List<TokenizedExample>> units = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      units.add(List.of(example(4 + 3 * i, i)));
    }
    return units;
  }

  private static Adapter adapter(Decoder decoder) {
    List<String> all = Projection.targets(decoder.config());
    Adapter adapter =
        Adapter.initial(AdapterLayout.of(decoder.config(), LoraSpec.of(4, 8, all)), 1);
    Random random = new Random(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] += (float) (0.05 * random.nextGaussian());
    }
    return adapter;
  }

  private GradientSource.Step step(
      Trainable trainable, List<List<TokenizedExample>> units, int physical) throws IOException {
    RunKey key = RunKey.insecureForTests(1);
    LedgerHeader header =
        new LedgerHeader(
            PLAN,
            C,
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "config",
            false);
    Path file = Files.createTempFile(folder, "ledger", ".jsonl");
    try (Ledger ledger = Ledger.open(file, header, AccountantRule.RDP);
        Crew crew =
            new LocalCrew(trainable, new PhysicalBatch(physical, notice -> {}), new Workers(2))) {
      PrivateStep step =
          PrivateStep.open(
              new StepPlan(PLAN, PrivateCurve.NONE, 1),
              new Clipping.Flat(C),
              key,
              ledger,
              units.size());
      return new PrivateGradients(step, trainable.values().length, units, crew).next(0);
    }
  }

  /** A sum of rows that were scaled by 2^40. */
  static float[] fromGrid(double[] sum) {
    float[] values = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      values[i] = (float) (sum[i] * 0x1p-40);
    }
    return values;
  }

  /** The oracle clips in double and adds in double, a batch of one at a time. */
  @ParameterizedTest
  @EnumSource(
      value = Quantization.class,
      names = {"NONE", "NF4"})
  void clippedSumIsThatOfALoopOverSingleExamples(Quantization quantization) throws IOException {
    try (Decoder decoder =
            Decoder.load(
                Golden.folder("mistral-tiny"), DecoderOptions.standard().with(quantization));
        TrainableAdapter trainable = new TrainableAdapter(decoder, adapter(decoder))) {
      double[] expected = new double[trainable.values().length];
      for (List<TokenizedExample> unit : units()) {
        try (Scope scope = new Scope()) {
          MicroBatch one = MicroBatch.of(scope, unit, decoder);
          EngineGradients gradients =
              new EngineGradients(
                  decoder.device(), scope, trainable.gradients(scope, one, true), 1);
          double[][] whole = new double[gradients.groups()][1];
          for (double[] group : whole) {
            group[0] = 0x1p40;
          }
          float[] gradient = fromGrid(gradients.wholeSum(whole));
          double factor = Math.min(1, C / norm(gradient)) * (1 - 0x1p-8);
          for (int i = 0; i < expected.length; i++) {
            expected[i] += factor * gradient[i];
          }
        }
      }
      for (int physical : new int[] {1, 4, 11}) {
        float[] found = step(trainable, units(), physical).gradient().values();
        double[] difference = new double[expected.length];
        for (int i = 0; i < expected.length; i++) {
          difference[i] = found[i] - expected[i];
        }
        assertThat(norm(difference))
            .as("micro-batches of %d", physical)
            .isLessThan(1e-6 * norm(expected));
      }
    }
  }

  /**
   * A model one of whose embeddings is finite in fp32, so that it is loaded, and infinite in bf16:
   * its examples have no finite gradient.
   */
  @Test
  void examplesWhoseGradientIsNotFiniteContributeNothing() throws IOException {
    for (float bad : new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}) {
      Path model = broken(bad);
      DecoderOptions bf16 = DecoderOptions.standard().with(ComputeType.BFLOAT16);
      try (Decoder decoder = Decoder.load(model, bf16);
          TrainableAdapter trainable = new TrainableAdapter(decoder, adapter(decoder))) {
        float[] expected = step(trainable, units(), 4).gradient().values();
        List<List<TokenizedExample>> more = new ArrayList<>(units());
        TokenizedExample wrong = example(9, 99);
        wrong.ids()[3] = BROKEN;
        more.add(List.of(wrong));
        GradientSource.Step step = step(trainable, more, 4);
        float[] found = step.gradient().values();
        double[] difference = new double[found.length];
        for (int i = 0; i < found.length; i++) {
          difference[i] = found[i] - expected[i];
        }
        assertThat(step.statistics().examples()).isEqualTo(12);
        assertThat(norm(difference)).isLessThan(1e-6 * norm(expected));
      }
    }
  }

  /** What a step alone with the example releases is its clipped gradient, a margin less. */
  @Test
  void scoresAreInnerProductsWithClippedGradients() throws IOException {
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
        TrainableAdapter trainable = new TrainableAdapter(decoder, adapter(decoder));
        Crew crew = new LocalCrew(trainable, new PhysicalBatch(4, notice -> {}), new Workers(1))) {
      float[] direction = new float[trainable.values().length];
      Random random = new Random(3);
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) random.nextGaussian();
      }
      List<TokenizedExample> examples = units().stream().map(unit -> unit.get(0)).toList();
      double[] scores = GradientScores.along(direction, examples, new Clipping.Flat(C), crew);
      for (int i = 0; i < scores.length; i++) {
        float[] clipped = step(trainable, units().subList(i, i + 1), 1).gradient().values();
        double expected = 0;
        for (int j = 0; j < clipped.length; j++) {
          expected += (double) clipped[j] * direction[j] / (1 - 0x1p-8);
        }
        assertThat(scores[i]).isCloseTo(expected, within(1e-6 * C * norm(direction)));
      }
    }
  }

  private Path broken(float bad) throws IOException {
    Path source = Golden.folder("mistral-tiny");
    Path target = Files.createTempDirectory(folder, "broken");
    Files.copy(source.resolve("config.json"), target.resolve("config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors files = Safetensors.open(source)) {
      for (String name : files.names()) {
        StoredTensor tensor = files.tensor(name);
        float[] values = tensor.floats();
        List<Long> shape = tensor.shape();
        if (name.contains("embed_tokens")) {
          int width = Math.toIntExact(shape.get(1));
          values[BROKEN * width + 1] = bad;
        }
        writer.addFloats(name, shape, values, 0);
      }
    }
    writer.write(target.resolve("model.safetensors"));
    return target;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }
}
