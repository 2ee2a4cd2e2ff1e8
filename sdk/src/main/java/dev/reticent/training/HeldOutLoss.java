package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The loss of a model on examples it is not trained on. */
public final class HeldOutLoss {

  private HeldOutLoss() {}

  /** Mean over the examples of each one's mean negative log-likelihood, in nats a token. */
  public static double mean(
      Trainable trainable, List<TokenizedExample> examples, int atOnce, Workers workers) {
    List<Supplier<Double>> tasks = new ArrayList<>();
    for (List<TokenizedExample> some : MicroBatch.cut(examples, atOnce)) {
      tasks.add(() -> sum(trainable, some));
    }
    return workers.run(tasks).stream().mapToDouble(Double::doubleValue).sum() / examples.size();
  }

  private static double sum(Trainable trainable, List<TokenizedExample> examples) {
    Decoder decoder = trainable.decoder(Workers.current());
    LayerwisePass pass = new LayerwisePass(decoder, trainable.adapter(decoder), false);
    try (Scope scope = new Scope()) {
      return Arrays.stream(pass.losses(MicroBatch.of(scope, examples, decoder))).sum();
    }
  }
}
