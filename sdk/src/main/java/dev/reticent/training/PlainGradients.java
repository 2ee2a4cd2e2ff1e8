package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.UnprotectedMean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Ordinary gradients: shuffled epochs, batches of fixed size, no protection. */
@Internal
public final class PlainGradients implements GradientSource {

  private final int dimension;
  private final List<TokenizedExample> examples;
  private final int batchSize;
  private final long seed;
  private final Crew crew;
  private final Dropout dropout;
  private final SumPlace place;
  private float[] mean = new float[0];
  private List<TokenizedExample> order = List.of();
  private int shuffledEpoch = -1;

  /**
   * @param dimension P, the number of trained values
   * @param seed decides the order of the examples
   * @param crew computes the micro-batches
   */
  public PlainGradients(
      int dimension, List<TokenizedExample> examples, int batchSize, long seed, Crew crew) {
    this(
        dimension,
        examples,
        Math.min(batchSize, examples.size()),
        seed,
        crew,
        Dropout.NONE,
        SumPlace.NEAREST);
  }

  private PlainGradients(
      int dimension,
      List<TokenizedExample> examples,
      int batchSize,
      long seed,
      Crew crew,
      Dropout dropout,
      SumPlace place) {
    this.dimension = dimension;
    this.examples = examples;
    this.batchSize = batchSize;
    this.seed = seed;
    this.crew = crew;
    this.dropout = dropout;
    this.place = place;
  }

  /** These gradients with dropout, whose step is the one asked for. */
  public PlainGradients with(Dropout other) {
    return new PlainGradients(dimension, examples, batchSize, seed, crew, other, place);
  }

  /** These gradients with sums in another place. */
  PlainGradients with(SumPlace other) {
    return new PlainGradients(dimension, examples, batchSize, seed, crew, dropout, other);
  }

  @Override
  public Step next(int step) {
    List<Crew.Part<PlainSum>> parts =
        crew.run(
            new PlainSumWork(dimension, dropout.at(step), place),
            Row.cut(Row.of(batch(step)), crew.rowsAtOnce()));
    PlainSum sum = parts.stream().map(Crew.Part::result).reduce(PlainSum::plus).orElseThrow();
    if (mean.length != dimension) {
      mean = new float[dimension];
    }
    sum.mean(batchSize, mean);
    sum.done();
    return new Step(UnprotectedMean.of(mean), 0, Crew.statistics(parts), Optional.empty());
  }

  /**
   * The batch of a step: a function of seed and step alone, so that a resumed run goes on as it
   * was.
   */
  private List<TokenizedExample> batch(int step) {
    int perEpoch = examples.size() / batchSize;
    int epoch = step / perEpoch;
    if (epoch != shuffledEpoch) {
      order = new ArrayList<>(examples);
      Collections.shuffle(order, new Random(seed + epoch));
      shuffledEpoch = epoch;
    }
    int at = step % perEpoch * batchSize;
    return order.subList(at, at + batchSize);
  }
}
