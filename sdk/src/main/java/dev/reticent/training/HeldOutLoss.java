package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.Arrays;
import java.util.List;

/** The loss of a model on examples it is not trained on. */
@Internal
public final class HeldOutLoss {

  private HeldOutLoss() {}

  /** Mean over the examples of each one's mean negative log-likelihood, in nats a token. */
  public static double mean(List<TokenizedExample> examples, Crew crew) {
    return Arrays.stream(each(examples, crew.rowsAtOnce(), crew)).average().orElse(Double.NaN);
  }

  /**
   * The mean negative log-likelihood of each example, in nats a token.
   *
   * @param atOnce in the model at a time
   */
  public static double[] each(List<TokenizedExample> examples, int atOnce, Crew crew) {
    return RowScores.inOrder(
        examples.size(), crew.run(new LossWork(), Row.cut(Row.of(examples), atOnce)));
  }

  /** The same of a model that is not being trained. */
  public static double[] each(
      Decoder decoder, AdapterTensors adapter, List<TokenizedExample> examples, int atOnce) {
    LayerwisePass pass = new LayerwisePass(decoder, adapter, false);
    double[] losses = new double[examples.size()];
    int at = 0;
    for (List<TokenizedExample> some : MicroBatch.cut(examples, atOnce)) {
      try (Scope scope = new Scope()) {
        double[] found = pass.losses(MicroBatch.of(scope, some, decoder));
        System.arraycopy(found, 0, losses, at, found.length);
        at += found.length;
      }
    }
    return losses;
  }
}
