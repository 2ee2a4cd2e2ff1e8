package dev.reticent.training;

import dev.reticent.engine.ComputeDevice;

/** The mean negative log-likelihood of each row, in nats a token, without gradients. */
record LossWork() implements Work<RowScores> {

  @Override
  public Part<RowScores> begin(ComputeDevice device) {
    return new RowScoring(
        (scope, trainable, micro) -> {
          LayerwisePass pass =
              new LayerwisePass(micro.decoder(), trainable.adapter(micro.decoder()), false);
          double[] losses = pass.losses(micro);
          return new RowScoring.Scored(
              losses, BatchStatistics.EMPTY.plus(micro.tokens(), losses, 0));
        });
  }
}
