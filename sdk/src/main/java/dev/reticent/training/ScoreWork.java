package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.privacy.Clipping;

/**
 * How far the clipped gradient of each row points along a direction.
 *
 * @param direction u [P], in the order of the trained values
 */
@SuppressWarnings("ArrayRecordComponent") // read where it is computed with, never compared
record ScoreWork(float[] direction, Clipping clipping) implements Work<RowScores> {

  @Override
  public Part<RowScores> begin(ComputeDevice device) {
    return new RowScoring(
        (scope, trainable, micro) ->
            new RowScoring.Scored(
                GradientScores.along(scope, direction, trainable, micro, clipping),
                BatchStatistics.EMPTY));
  }
}
