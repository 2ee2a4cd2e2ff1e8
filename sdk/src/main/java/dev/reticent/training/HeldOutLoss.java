package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;

/** The loss of a model on examples it is not trained on. */
public final class HeldOutLoss {

  private HeldOutLoss() {}

  /** Mean over the examples of each one's mean negative log-likelihood, in nats a token. */
  public static double mean(
      Decoder decoder, AdapterTensors adapter, List<TokenizedExample> examples, int atOnce) {
    LayerwisePass pass = new LayerwisePass(decoder, adapter, false);
    double sum = 0;
    for (int start = 0; start < examples.size(); start += atOnce) {
      try (Scope scope = new Scope()) {
        MicroBatch batch =
            MicroBatch.of(
                scope, examples.subList(start, Math.min(examples.size(), start + atOnce)), decoder);
        for (double loss : pass.losses(batch)) {
          sum += loss;
        }
      }
    }
    return sum / examples.size();
  }
}
