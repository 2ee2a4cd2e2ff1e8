package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.GradientAccumulator;
import dev.reticent.privacy.PartialAccumulator;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.PoissonBatch;
import dev.reticent.privacy.PrivateStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Differentially private gradients: a Poisson batch, cut into micro-batches, each example's
 * gradient clipped, summed, noised and divided by the expected batch size.
 */
@Internal
public final class PrivateGradients implements GradientSource {

  private final PrivateStep step;
  private final int dimension;
  private final List<List<TokenizedExample>> heldOut;
  private final List<List<TokenizedExample>> units;
  private final Crew crew;
  private final Dropout dropout;
  private final SumPlace place;
  private float[] mean = new float[0];

  /**
   * @param dimension P, the number of trained values
   * @param units the examples of each privacy unit, at least one, in the order the sampler numbers
   *     them. A sampled unit contributes one example, its rows taking turns from step to step: so
   *     what is bounded, and guaranteed, is the contribution of a unit, however many rows it has
   * @param crew computes the micro-batches
   */
  public PrivateGradients(
      PrivateStep step, int dimension, List<List<TokenizedExample>> units, Crew crew) {
    this(step, dimension, List.of(), units, crew, Dropout.NONE, SumPlace.NEAREST);
  }

  private PrivateGradients(
      PrivateStep step,
      int dimension,
      List<List<TokenizedExample>> heldOut,
      List<List<TokenizedExample>> units,
      Crew crew,
      Dropout dropout,
      SumPlace place) {
    this.step = step;
    this.dimension = dimension;
    this.heldOut = heldOut;
    this.units = units;
    this.crew = crew;
    this.dropout = dropout;
    this.place = place;
  }

  /** These gradients with dropout, whose step is the one asked for. */
  public PrivateGradients with(Dropout other) {
    return new PrivateGradients(step, dimension, heldOut, units, crew, other, place);
  }

  /**
   * These gradients beside units that are held out and give their loss in place of a gradient.
   *
   * @param others the examples of these units, which the sampler numbers first
   */
  public PrivateGradients beside(List<List<TokenizedExample>> others) {
    return new PrivateGradients(step, dimension, others, units, crew, dropout, place);
  }

  /** These gradients with sums in another place. */
  PrivateGradients with(SumPlace other) {
    return new PrivateGradients(step, dimension, heldOut, units, crew, dropout, other);
  }

  @Override
  public Step next(int number) {
    PoissonBatch batch = step.sample();
    GradientAccumulator sum = batch.accumulator(dimension);
    if (crew.leavesCoresIdle()) {
      step.drawAhead(sum);
    }
    List<Crew.Part<PartialSum>> parts =
        crew.run(new ClippedSumWork(sum.rule(), dropout.at(number), place), microBatches(batch));
    parts.forEach(part -> sum.add(part.result()));
    addHeldOut(batch, sum);
    addEmpty(batch, sum);
    if (mean.length != dimension) {
      mean = new float[dimension];
    }
    PrivateStep.Release released = step.release(sum.finish(), mean);
    return new Step(
        released.mean(), released.epsilonSpent(), Crew.statistics(parts), released.curve());
  }

  @Override
  public double clipThreshold() {
    return step.clipping().threshold();
  }

  /**
   * Rows of the same {@link BatchShape} together: one more row can shift others to other places of
   * such micro-batches, but to none of another shape.
   */
  private List<List<Row>> microBatches(PoissonBatch batch) {
    Map<BatchShape, List<Row>> alike = new TreeMap<>(BatchShape.BY_LENGTH);
    for (int unit : batch.indices()) {
      if (unit < heldOut.size() || isEmpty(unit)) {
        continue;
      }
      Row row = new Row(unit, example(unit, batch.round()));
      BatchShape shape = BatchShape.of(row.example(), crew.rowsAtOnce());
      alike.computeIfAbsent(shape, own -> new ArrayList<>()).add(row);
    }
    return alike.values().stream()
        .flatMap(rows -> Row.cut(rows, crew.rowsAtOnce()).stream())
        .toList();
  }

  /** Whether the sampler has more places than there are units, and this is one of those. */
  private boolean isEmpty(int place) {
    return place >= heldOut.size() + units.size();
  }

  private void addEmpty(PoissonBatch batch, GradientAccumulator sum) {
    int[] empty = Arrays.stream(batch.indices()).filter(this::isEmpty).toArray();
    if (empty.length > 0) {
      PartialAccumulator own = sum.rule().accumulator();
      own.addNothing(empty);
      sum.add(own.finish());
    }
  }

  /** Each row alone, so that its loss has the same bits whoever else is drawn. */
  private void addHeldOut(PoissonBatch batch, GradientAccumulator sum) {
    int[] drawn = Arrays.stream(batch.indices()).filter(unit -> unit < heldOut.size()).toArray();
    if (drawn.length == 0) {
      return;
    }
    List<TokenizedExample> rows =
        Arrays.stream(drawn).mapToObj(unit -> example(unit, batch.round())).toList();
    PartialAccumulator own = sum.rule().accumulator();
    own.addHeldOut(drawn, HeldOutLoss.each(rows, 1, crew));
    sum.add(own.finish());
  }

  /** Rounds are counted, not steps: a unit's own may come b apart, and skip rows for ever. */
  private TokenizedExample example(int unit, int round) {
    int count = heldOut.size();
    List<TokenizedExample> rows = unit < count ? heldOut.get(unit) : units.get(unit - count);
    return rows.get(round % rows.size());
  }
}
