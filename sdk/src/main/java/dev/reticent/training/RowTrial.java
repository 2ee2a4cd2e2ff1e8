package dev.reticent.training;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Whether a decoder computes a row to the same bits in every place of a micro-batch, whoever is
 * beside it.
 *
 * <p>Made-up rows go through together; then some of them with empty places instead of the others,
 * further back; then these in a micro-batch that has no more places. Norms, losses and the sum of
 * the gradients must agree bit by bit. A pass through all layers and back multiplies millions of
 * numbers, so that a product which adds in another order somewhere is seen in bf16 too. A device
 * that adds in no order of its own shows it by and by: where bits do not agree, the same rows go
 * through again, some times, until they differ from themselves. It is tried once for each shape on
 * each device, before the first private row goes through that shape; what it finds depends on no
 * data.
 */
final class RowTrial {

  /** How many places a micro-batch of some rows must have for their bits to be their own. */
  enum Result {
    /** None but its own: each row goes alone. */
    ONE {
      @Override
      int places(int taken, int full) {
        return 1;
      }
    },
    /** All, empty or not. */
    ALL {
      @Override
      int places(int taken, int full) {
        return full;
      }
    },
    /** Any half of all, half of a half and so on. */
    HALVES {
      @Override
      int places(int taken, int full) {
        int places = full;
        while (places / 2 >= taken) {
          places /= 2;
        }
        return places;
      }
    };

    /**
     * @param taken places, by rows
     * @param full how many places a full micro-batch has
     */
    abstract int places(int taken, int full);
  }

  /** A card whose sums come out alike once in two times is taken for repeatable once in 256. */
  private static final int TRIES_ON_CARD = 8;

  /** What becomes of rows in a micro-batch of a shape. */
  interface Passes {
    Outcome of(List<Row> rows, BatchShape places);
  }

  private final Passes passes;
  private final ModelConfig config;
  private final BatchShape shape;
  private final int tries;

  private RowTrial(Passes passes, ModelConfig config, BatchShape shape, int tries) {
    this.passes = passes;
    this.config = config;
    this.shape = shape;
    this.tries = tries;
  }

  static Result of(Trainable trainable, Decoder decoder, BatchShape shape) {
    int tries = decoder.device().onHost() ? 1 : TRIES_ON_CARD;
    Passes passes = (rows, places) -> outcome(trainable, decoder, rows, places);
    return of(passes, decoder.config(), shape, tries);
  }

  /**
   * @param tries how often a device must repeat itself to count as repeatable
   */
  static Result of(Passes passes, ModelConfig config, BatchShape shape, int tries) {
    return shape.rows() == 1 ? Result.ONE : new RowTrial(passes, config, shape, tries).result();
  }

  private Result result() {
    int size = shape.rows();
    List<Row> rows = rows();
    Outcome all = passes.of(rows, shape);
    Outcome before = back(rows.subList(0, size - size / 2));
    Outcome behind = passes.of(rows.subList(size - size / 2, size), shape);
    if (!all.isSumOf(before, behind)) {
      // Bits say nothing of a device that is not repeatable; in what order it adds, no data
      // decides.
      return repeats(rows, all) ? Result.ONE : Result.ALL;
    }
    int more = size;
    for (int places = size / 2; places > 0; places /= 2) {
      List<Row> some = rows.subList(0, places);
      Outcome wide = passes.of(some, shape.withRows(more));
      if (!wide.equalsBitwise(passes.of(some, shape.withRows(places)))) {
        return Result.ALL;
      }
      more = places;
    }
    return Result.HALVES;
  }

  /** Whether the same rows in the same places give the same, as often as they are tried. */
  private boolean repeats(List<Row> rows, Outcome first) {
    return IntStream.range(0, tries).allMatch(i -> first.equalsBitwise(passes.of(rows, shape)));
  }

  /** Rows in the last places of the shape, none in front of them. */
  private Outcome back(List<Row> some) {
    List<Row> rows = new ArrayList<>(Collections.nCopies(shape.rows() - some.size(), Row.EMPTY));
    rows.addAll(some);
    return passes.of(rows, shape);
  }

  /** Rows of all lengths that the shape is for. */
  private List<Row> rows() {
    SplittableRandom random = new SplittableRandom(shape.tokens());
    int vocabulary = config.vocabSize();
    int longest = Math.min(shape.tokens(), config.maxPositions());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < shape.rows(); i++) {
      int length = Math.max(2, longest - random.nextInt(Math.max(1, longest / 4)));
      boolean[] counts = new boolean[length];
      Arrays.fill(counts, Math.max(1, length - shape.answers()), length, true);
      int[] ids = random.ints(length, 0, vocabulary).toArray();
      rows.add(new Row(i, new TokenizedExample(ids, counts, "")));
    }
    return rows;
  }

  private static Outcome outcome(
      Trainable trainable, Decoder decoder, List<Row> rows, BatchShape places) {
    try (Scope scope = new Scope()) {
      MicroBatch micro = MicroBatch.of(scope, Row.examples(rows), decoder, places);
      Trainable.Gradients found = trainable.gradients(scope, micro, true);
      EngineGradients gradients = new EngineGradients(decoder.device(), scope, found, rows.size());
      double[][] norms = gradients.squaredNorms();
      double[] losses = gradients.losses();
      double[] sum = gradients.wholeSum(weights(norms));
      List<List<Double>> ofRows = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        if (rows.get(i).unit() != Row.EMPTY.unit()) {
          List<Double> row = new ArrayList<>(List.of(losses[i]));
          for (double[] group : norms) {
            row.add(group[i]);
          }
          ofRows.add(row);
        }
      }
      return new Outcome(ofRows, sum);
    }
  }

  /** Each row to a norm of 2⁴⁰, so that sums are exact and show what is above 2⁻⁴⁰ of a norm. */
  private static double[][] weights(double[][] norms) {
    double[][] weights = new double[norms.length][norms[0].length];
    for (int i = 0; i < norms[0].length; i++) {
      double squares = 0;
      for (double[] group : norms) {
        squares += group[i];
      }
      double weight = squares > 0 && squares < Double.MAX_VALUE ? 0x1p40 / Math.sqrt(squares) : 0;
      for (double[] group : weights) {
        group[i] = weight;
      }
    }
    return weights;
  }

  /**
   * @param rows loss and squared norms of each row
   * @param sum of their gradients
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by hand
  record Outcome(List<List<Double>> rows, double[] sum) {

    boolean equalsBitwise(Outcome other) {
      return rows.equals(other.rows) && Arrays.equals(sum, other.sum);
    }

    boolean isSumOf(Outcome before, Outcome behind) {
      List<List<Double>> both = new ArrayList<>(before.rows);
      both.addAll(behind.rows);
      boolean same = rows.equals(both);
      for (int p = 0; p < sum.length; p++) {
        same &= sum[p] == before.sum[p] + behind.sum[p];
      }
      return same;
    }
  }
}
