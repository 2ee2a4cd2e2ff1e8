package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.GradientAccumulator;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.PoissonBatch;
import dev.reticent.privacy.PrivateStep;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Differentially private gradients: a Poisson batch, cut into micro-batches, each example's
 * gradient clipped, summed, noised and divided by the expected batch size.
 */
public final class PrivateGradients implements GradientSource {

  private final PrivateStep step;
  private final int dimension;
  private final List<List<TokenizedExample>> units;
  private final Crew crew;

  /**
   * @param dimension P, the number of trained values
   * @param units the examples of each privacy unit, at least one, in the order the sampler numbers
   *     them. A sampled unit contributes one example, its rows taking turns from step to step: so
   *     what is bounded, and guaranteed, is the contribution of a unit, however many rows it has
   * @param crew computes the micro-batches
   */
  public PrivateGradients(
      PrivateStep step, int dimension, List<List<TokenizedExample>> units, Crew crew) {
    this.step = step;
    this.dimension = dimension;
    this.units = units;
    this.crew = crew;
  }

  @Override
  public Step next(int number) {
    PoissonBatch batch = step.sample();
    GradientAccumulator sum = batch.accumulator(dimension);
    List<Crew.Part<PartialSum>> parts =
        crew.run(new ClippedSumWork(sum.rule()), microBatches(batch.indices(), number));
    parts.forEach(part -> sum.add(part.result()));
    PrivateStep.Release released = step.release(sum.finish());
    return new Step(
        released.mean(), released.epsilonSpent(), Crew.statistics(parts), released.curve());
  }

  @Override
  public double clipThreshold() {
    return step.clipping().threshold();
  }

  /** Units of similar length together, so that little is padding. */
  private List<List<Row>> microBatches(int[] sampled, int number) {
    List<Row> rows =
        Arrays.stream(sampled)
            .mapToObj(unit -> new Row(unit, example(unit, number)))
            .sorted(Comparator.comparing(row -> row.example().ids().length))
            .toList();
    return Row.cut(rows, crew.rowsAtOnce());
  }

  private TokenizedExample example(int unit, int number) {
    List<TokenizedExample> rows = units.get(unit);
    return rows.get(number % rows.size());
  }
}
