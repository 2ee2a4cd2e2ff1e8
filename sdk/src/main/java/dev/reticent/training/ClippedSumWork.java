package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.PartialAccumulator;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.SumRule;
import java.util.List;

/**
 * The clipped sum of a private step.
 *
 * @param dropout of this step
 */
record ClippedSumWork(SumRule rule, Dropout dropout) implements Work<PartialSum> {

  @Override
  public boolean keepsRowsApart() {
    return true;
  }

  @Override
  public Part<PartialSum> begin() {
    return new Sum(rule.clipping(), rule.accumulator(), dropout);
  }

  private record Sum(Clipping clipping, PartialAccumulator sum, Dropout dropout)
      implements Part<PartialSum> {

    @Override
    public BatchStatistics add(
        Trainable trainable, Decoder decoder, List<Row> rows, BatchShape shape) {
      try (Scope scope = new Scope()) {
        List<TokenizedExample> examples = Row.examples(rows);
        MicroBatch micro =
            MicroBatch.of(scope, examples, decoder, shape).dropping(scope, examples, dropout);
        Trainable.Gradients found = trainable.gradients(scope, micro, true);
        EngineGradients gradients = new EngineGradients(decoder, scope, found, rows.size());
        sum.add(Row.units(rows), gradients);
        return BatchStatistics.EMPTY.plus(micro.tokens(), gradients.losses(), clipped(gradients));
      }
    }

    private int clipped(EngineGradients gradients) {
      int count = 0;
      for (boolean clipped : clipping.clipped(gradients.squaredNorms())) {
        count += clipped ? 1 : 0;
      }
      return count;
    }

    @Override
    public PartialSum finish() {
      return sum.finish();
    }
  }
}
