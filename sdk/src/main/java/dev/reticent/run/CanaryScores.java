package dev.reticent.run;

import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.Clipping;
import dev.reticent.training.Crew;
import dev.reticent.training.GradientScores;
import dev.reticent.training.HeldOutLoss;
import dev.reticent.training.Trainable;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** What an adapter tells of each canary, computed by whoever computes the run's micro-batches. */
record CanaryScores(RunInputs in, TrainingTarget target, CrewFactory crews) {

  /** How far the loss fell from the adapter before the first step to the one to be released. */
  double[] fallOfLoss(float[] initial, float[] trained) {
    double[] before = losses(initial);
    double[] after = losses(trained);
    for (int i = 0; i < before.length; i++) {
      before[i] -= after[i];
    }
    return before;
  }

  private double[] losses(float[] values) {
    return at(values, crew -> HeldOutLoss.each(examples(), crew.rowsAtOnce(), crew));
  }

  /** How far the clipped gradient points along the gradients that were released. */
  double[] alongReleased(GradientLog log) {
    Clipping clipping = in.config().privacy().clipping().clipping(OptionalDouble.empty());
    double[] scores = new double[examples().size()];
    for (GradientLog.Span span : log.spans()) {
      double[] more =
          at(span.values(), crew -> GradientScores.along(span.sum(), examples(), clipping, crew));
      for (int i = 0; i < scores.length; i++) {
        scores[i] += more[i];
      }
    }
    return scores;
  }

  private List<TokenizedExample> examples() {
    return in.data().canaries().stream().map(Canary::example).toList();
  }

  private double[] at(float[] values, Function<Crew, double[]> scores) {
    try (Trainable adapter = target.trainable(in.base(), in.decoders(), values);
        Crew crew = crews.open(in.settings(), adapter, in.config().batch().physical())) {
      crew.announce("audit");
      return scores.apply(crew);
    }
  }
}
