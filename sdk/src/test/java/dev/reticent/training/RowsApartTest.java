package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.SumRule;
import dev.reticent.privacy.Sums;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One unit moves its own contribution and nothing else, to the last bit. */
class RowsApartTest {

  private static final PrivateCurve CURVE = new PrivateCurve(0.1, 5);

  /** That of the smallest model here. */
  private static final int VOCABULARY = 80;

  private static Row row(int unit, int length, int answers) {
    boolean[] counts = new boolean[length];
    Arrays.fill(counts, length - answers, length, true);
    int[] ids = new Random(unit).ints(length, 3, VOCABULARY).toArray();
    return new Row(unit, new TokenizedExample(ids, counts, ""));
  }

  private static TrainableAdapter trainable(Decoder decoder) {
    List<String> all = Projection.targets(decoder.config());
    Adapter adapter =
        Adapter.initial(AdapterLayout.of(decoder.config(), LoraSpec.of(4, 8, all)), 1);
    Random random = new Random(2);
    for (int i = 0; i < adapter.values().length; i++) {
      adapter.values()[i] += (float) (0.05 * random.nextGaussian());
    }
    return new TrainableAdapter(decoder, adapter);
  }

  /** The sum of these rows, cut into micro-batches as a step cuts them. */
  private static long[] sum(Crew crew, Dropout dropout, int dimension, List<Row> rows) {
    Map<BatchShape, List<Row>> alike = new TreeMap<>(BatchShape.BY_LENGTH);
    for (Row row : rows) {
      BatchShape shape = BatchShape.of(row.example(), crew.rowsAtOnce());
      alike.computeIfAbsent(shape, own -> new ArrayList<>()).add(row);
    }
    List<List<Row>> cut = new ArrayList<>();
    alike.values().forEach(some -> cut.addAll(Row.cut(some, crew.rowsAtOnce())));
    SumRule rule = new SumRule(0, new Clipping.Flat(0.05), CURVE, dimension);
    List<Crew.Part<PartialSum>> parts =
        crew.run(new ClippedSumWork(rule, dropout, SumPlace.NEAREST), cut);
    assertThat(Crew.statistics(parts).examples()).isEqualTo(rows.size());
    return Sums.of(parts.get(0).result());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, NONE, 4, 0",
    "FLOAT32, NONE, 5, 0.3",
    "BFLOAT16, NONE, 4, 0.3",
    "FLOAT32, NF4, 4, 0"
  })
  void oneMoreUnitChangesNothingOfTheOthers(
      ComputeType type, Quantization held, int atOnce, double rate) {
    requireApart(Golden.folder("mistral-tiny"), type, held, atOnce, rate);
  }

  /** Experts take each row's tokens by themselves, so that rows do not meet there. */
  @ParameterizedTest
  @CsvSource({
    "qwen2_moe-sparse, FLOAT32, NONE",
    "gpt_oss, BFLOAT16, NONE",
    "mixtral, FLOAT32, NF4",
    "deepseek_v3, FLOAT32, NONE",
    "deepseek_v2, BFLOAT16, NF4",
    "llama4, FLOAT32, NONE",
    "qwen3_next, BFLOAT16, NF4",
    "gemma4-small, BFLOAT16, NF4"
  })
  void rowsDoNotMeetAtTheExperts(String family, ComputeType type, Quantization held) {
    requireApart(Golden.family(family), type, held, 4, 0);
  }

  private static void requireApart(
      Path model, ComputeType type, Quantization held, int atOnce, double rate) {
    Dropout dropout = new Dropout(rate, 1, 3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      rows.add(row(i, 5 + 5 * i, 2 + 2 * i));
    }
    try (Decoder decoder = Decoder.load(model, DecoderOptions.standard().with(type).with(held));
        TrainableAdapter trainable = trainable(decoder);
        Crew crew =
            new LocalCrew(trainable, new PhysicalBatch(atOnce, notice -> {}), new Workers(2))) {
      int dimension = trainable.values().length;
      long[] without = sum(crew, dropout, dimension, rows);
      for (int[] size : new int[][] {{3, 1}, {26, 13}, {60, 59}, {90, 4}}) {
        List<Row> more = new ArrayList<>(rows);
        Row x = row(99, size[0], size[1]);
        more.add(size[0] % more.size(), x);
        long[] with = sum(crew, dropout, dimension, more);
        long[] own = sum(crew, dropout, dimension, List.of(x));
        for (int i = 0; i < with.length; i++) {
          own[i] += without[i];
        }
        assertThat(with).as("a row of %d tokens", size[0]).isEqualTo(own);
      }
    }
  }

  @Test
  void aDeviceThatRepeatsItselfAtTimesIsNotTakenForOneThatAlwaysDoes() {
    ModelConfig config = ModelConfig.read(Golden.folder("mistral-tiny"));
    BatchShape shape = new BatchShape(4, 16, 16);
    // Passes: all rows, those before, those behind, then all rows again and again.
    Map<Set<Integer>, RowTrial.Result> expected =
        Map.of(
            Set.of(), RowTrial.Result.HALVES,
            Set.of(1), RowTrial.Result.ONE,
            Set.of(1, 3), RowTrial.Result.ALL,
            Set.of(1, 7), RowTrial.Result.ALL,
            Set.of(1, 8), RowTrial.Result.ONE);
    expected.forEach(
        (others, result) -> {
          AtomicInteger pass = new AtomicInteger();
          RowTrial.Passes passes =
              (rows, places) -> {
                double loss = others.contains(pass.getAndIncrement()) ? 1 : 0;
                List<List<Double>> own =
                    rows.stream()
                        .filter(row -> row.unit() != Row.EMPTY.unit())
                        .map(row -> List.of(loss))
                        .toList();
                return new RowTrial.Outcome(own, new double[1]);
              };
          assertThat(RowTrial.of(passes, config, shape, 5))
              .as("%s differ", others)
              .isEqualTo(result);
        });
  }

  @Test
  void shapeOfARowIsThatOfItsOwnLengths() {
    for (int length = 2; length < 3000; length++) {
      BatchShape shape = BatchShape.of(row(1, length, length / 2).example(), 8);
      assertThat(shape.tokens()).isGreaterThanOrEqualTo(length).isGreaterThanOrEqualTo(16);
      assertThat(shape.tokens()).isLessThanOrEqualTo(Math.max(16, 3 * length / 2));
      assertThat(shape.answers()).isBetween(length / 2, Math.max(16, 3 * length / 4));
    }
  }

  @Test
  void emptyPlacesAreLeftOutOnlyWhereBitsAllow() {
    assertThat(RowTrial.Result.ALL.places(1, 8)).isEqualTo(8);
    assertThat(RowTrial.Result.ONE.places(1, 8)).isEqualTo(1);
    int[] places = new int[9];
    for (int rows = 1; rows <= 8; rows++) {
      places[rows] = RowTrial.Result.HALVES.places(rows, 8);
    }
    assertThat(places).containsExactly(0, 1, 2, 4, 4, 8, 8, 8, 8);
    assertThat(RowTrial.Result.HALVES.places(4, 12)).isEqualTo(6);
  }
}
