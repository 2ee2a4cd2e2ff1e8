package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.model.DecoderOptions;
import dev.reticent.model.ModelConfig;
import dev.reticent.model.WeightLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How long a micro-batch takes, from one layer and two of the model's shape with random weights: no
 * weights and no data are read.
 */
public final class StepTimer {
  private static final int ROUNDS = 3;

  private final ModelConfig model;
  private final List<ComputeDevice> devices;
  private final DecoderOptions options;
  private final Optional<LoraSpec> lora;

  /**
   * @param devices one for each worker
   * @param lora empty when all weights are trained
   */
  public StepTimer(
      ModelConfig model,
      List<ComputeDevice> devices,
      DecoderOptions options,
      Optional<LoraSpec> lora) {
    this.model = model;
    this.devices = List.copyOf(devices);
    this.options = options;
    this.lora = lora;
  }

  /**
   * Seconds until every worker has done a micro-batch, all at the same time.
   *
   * @param rows examples of a micro-batch
   * @param tokens the length of each
   */
  public double seconds(int rows, int tokens, boolean perExample) {
    double one = measure(1, rows, tokens, perExample);
    double two = measure(2, rows, tokens, perExample);
    return one + (model.layers() - 1) * Math.max(0, two - one);
  }

  private double measure(int layers, int rows, int tokens, boolean perExample) {
    ModelConfig part = model.withLayers(layers);
    List<TokenizedExample> examples = Collections.nCopies(rows, example(tokens));
    try (DecoderGroup group = DecoderGroup.random(part, devices, options);
        Workers workers = Workers.sharingCores(devices.size());
        Trainable trainable = trainable(part, group.decoders())) {
      double best = Double.POSITIVE_INFINITY;
      for (int round = 0; round <= ROUNDS; round++) {
        List<Supplier<double[]>> tasks = new ArrayList<>();
        for (int worker = 0; worker < workers.count(); worker++) {
          tasks.add(() -> micro(trainable, examples, perExample));
        }
        long start = System.nanoTime();
        workers.run(tasks);
        if (round > 0) { // the first one also allocates
          best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
      }
      return best;
    }
  }

  private static double[] micro(
      Trainable trainable, List<TokenizedExample> examples, boolean perExample) {
    Decoder decoder = trainable.decoder(Workers.current());
    try (Scope scope = new Scope()) {
      MicroBatch batch = MicroBatch.of(scope, examples, decoder);
      Trainable.Gradients found = trainable.gradients(scope, batch, perExample);
      if (perExample) {
        EngineGradients gradients = new EngineGradients(decoder, scope, found);
        double[][] weights = gradients.squaredNorms();
        for (double[] group : weights) {
          Arrays.fill(group, 1);
        }
        gradients.weightedSum(weights);
      } else {
        found.parts().forEach(part -> part.toFloats());
      }
      return found.losses();
    }
  }

  private Trainable trainable(ModelConfig part, List<Decoder> decoders) {
    return lora.<Trainable>map(
            spec ->
                new TrainableAdapter(decoders, Adapter.initial(AdapterLayout.of(part, spec), 0)))
        .orElseGet(() -> new TrainableWeights(decoders, new WeightLayout(part).random()));
  }

  private static TokenizedExample example(int tokens) {
    int[] ids = new int[tokens];
    boolean[] counts = new boolean[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = i % 100;
      counts[i] = i > 0;
    }
    return new TokenizedExample(ids, counts, "");
  }
}
