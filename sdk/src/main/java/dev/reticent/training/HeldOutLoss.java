package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The loss of a model on examples it is not trained on. */
public final class HeldOutLoss {

  private HeldOutLoss() {}

  /** Mean over the examples of each one's mean negative log-likelihood, in nats a token. */
  public static double mean(
      Trainable trainable, List<TokenizedExample> examples, int atOnce, Workers workers) {
    return mean(
        () -> trainable.decoder(Workers.current()), trainable::adapter, examples, atOnce, workers);
  }

  /** The same of a model that is not being trained. */
  public static double mean(
      Decoder decoder,
      AdapterTensors adapter,
      List<TokenizedExample> examples,
      int atOnce,
      Workers workers) {
    return mean(() -> decoder, same -> adapter, examples, atOnce, workers);
  }

  private static double mean(
      Supplier<Decoder> decoders,
      Function<Decoder, AdapterTensors> adapters,
      List<TokenizedExample> examples,
      int atOnce,
      Workers workers) {
    List<Supplier<Double>> tasks = new ArrayList<>();
    for (List<TokenizedExample> some : MicroBatch.cut(examples, atOnce)) {
      tasks.add(
          () -> {
            Decoder decoder = decoders.get(); // that of the worker which runs this
            return sum(decoder, adapters.apply(decoder), some);
          });
    }
    return workers.run(tasks).stream().mapToDouble(Double::doubleValue).sum() / examples.size();
  }

  private static double sum(
      Decoder decoder, AdapterTensors adapter, List<TokenizedExample> examples) {
    LayerwisePass pass = new LayerwisePass(decoder, adapter, false);
    try (Scope scope = new Scope()) {
      return Arrays.stream(pass.losses(MicroBatch.of(scope, examples, decoder))).sum();
    }
  }
}
