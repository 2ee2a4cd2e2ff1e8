package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.privacy.Scaling;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.WeightLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How long a micro-batch takes, from one layer of each kind that the model has, and one more of
 * each, with random weights: no weights and no data are read.
 */
@Internal
public final class StepTimer {
  private static final int LEAST_ROUNDS = 3;
  private static final int MOST_ROUNDS = 30;
  private static final Scaling EVERYTHING = new Scaling(1, 1, 0, false);
  private static final long ENOUGH_NANOS = 4_000_000_000L;

  private final ModelConfig model;
  private final List<ComputeDevice> devices;
  private final DecoderOptions options;
  private final Optional<LoraSpec> lora;
  private final SumPlace place;

  /**
   * @param devices one for each worker
   * @param lora empty when all weights are trained
   */
  public StepTimer(
      ModelConfig model,
      List<ComputeDevice> devices,
      DecoderOptions options,
      Optional<LoraSpec> lora) {
    this(model, devices, options, lora, SumPlace.NEAREST);
  }

  /**
   * @param place where gradients are added up
   */
  StepTimer(
      ModelConfig model,
      List<ComputeDevice> devices,
      DecoderOptions options,
      Optional<LoraSpec> lora,
      SumPlace place) {
    this.model = model;
    this.devices = List.copyOf(devices);
    this.options = options;
    this.lora = lora;
    this.place = place;
  }

  /**
   * Seconds until every worker has done a micro-batch, all at the same time.
   *
   * @param rows examples of a micro-batch
   * @param tokens the length of each
   */
  public double seconds(int rows, int tokens, boolean perExample) {
    List<TokenizedExample> examples = Collections.nCopies(rows, example(tokens));
    Map<Integer, Integer> kinds = model.kinds();
    List<Part> parts = new ArrayList<>();
    List<List<Double>> times = new ArrayList<>();
    try {
      // One layer of each kind, then each kind once more.
      parts.add(new Part(List.copyOf(kinds.keySet())));
      kinds.keySet().forEach(kind -> parts.add(new Part(andAgain(kinds.keySet(), kind))));
      parts.forEach(part -> times.add(new ArrayList<>()));
      long start = System.nanoTime();
      // In turns, since a machine is not as fast at all times; the first round also allocates.
      for (int round = 0; round <= LEAST_ROUNDS || goesOn(round, start); round++) {
        double one = parts.get(0).seconds(examples, perExample);
        for (int part = 0; part < parts.size(); part++) {
          double more = part == 0 ? one : parts.get(part).seconds(examples, perExample) - one;
          if (round > 0) {
            times.get(part).add(more);
          }
        }
      }
    } finally {
      parts.forEach(Part::close);
    }
    double seconds = median(times.get(0));
    int part = 1;
    for (int count : kinds.values()) {
      seconds += (count - 1) * Math.max(0, median(times.get(part++)));
    }
    return seconds;
  }

  /** The same of all layers at once, which says how true {@link #seconds} is. */
  double secondsOfAll(int rows, int tokens, boolean perExample) {
    List<TokenizedExample> examples = Collections.nCopies(rows, example(tokens));
    List<Double> times = new ArrayList<>();
    try (Part all = new Part(IntStream.range(0, model.layers()).boxed().toList())) {
      for (int round = 0; round <= LEAST_ROUNDS; round++) {
        double seconds = all.seconds(examples, perExample);
        if (round > 0) {
          times.add(seconds);
        }
      }
    }
    return median(times);
  }

  private static List<Integer> andAgain(Set<Integer> layers, int layer) {
    return Stream.concat(layers.stream(), Stream.of(layer)).sorted().toList();
  }

  private static boolean goesOn(int round, long start) {
    return round <= MOST_ROUNDS && System.nanoTime() - start < ENOUGH_NANOS;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** A model of a few layers, and what it takes to train it. */
  private final class Part implements AutoCloseable {
    private final DecoderGroup group;
    private final Workers workers;
    private final Trainable trainable;

    Part(List<Integer> layers) {
      ModelConfig part = model.withLayers(layers);
      group = DecoderGroup.random(part, devices, options);
      workers = Workers.sharingCores(devices.size());
      trainable = trainable(part, group.decoders());
    }

    /** Until every worker has done a micro-batch. */
    double seconds(List<TokenizedExample> examples, boolean perExample) {
      List<Supplier<double[]>> tasks = new ArrayList<>();
      for (int worker = 0; worker < workers.count(); worker++) {
        tasks.add(() -> micro(trainable, examples, perExample));
      }
      long start = System.nanoTime();
      workers.run(tasks);
      return (System.nanoTime() - start) * 1e-9;
    }

    @Override
    public void close() {
      trainable.close();
      workers.close();
      group.close();
    }
  }

  private double[] micro(Trainable trainable, List<TokenizedExample> examples, boolean perExample) {
    Decoder decoder = trainable.decoder(Workers.current());
    try (Scope scope = new Scope()) {
      MicroBatch batch = MicroBatch.of(scope, examples, decoder);
      Trainable.Gradients found = trainable.gradients(scope, batch, perExample);
      if (place.onDevice(decoder.device())) {
        return addThere(scope, decoder.device(), found, examples.size(), perExample);
      } else if (perExample) {
        EngineGradients gradients =
            new EngineGradients(decoder.device(), scope, found, examples.size());
        double[][] weights = gradients.squaredNorms();
        for (double[] group : weights) {
          Arrays.fill(group, 1);
        }
        gradients.wholeSum(weights);
      } else {
        found.tensors().forEach(Tensor::toFloats);
      }
      return Trainable.Gradients.wide(found.losses());
    }
  }

  /** Makes of gradients what a sum on their device takes of them, and waits for that. */
  private static double[] addThere(
      Scope scope, ComputeDevice device, Trainable.Gradients found, int rows, boolean perExample) {
    Tensor last = SumProgram.squaredNorms(scope, List.of(List.of()), found.losses());
    if (perExample) {
      try (EngineSum sum = new EngineSum(device)) {
        sum.add(new EngineGradients(device, scope, found, rows), EVERYTHING, 1);
      }
    } else {
      try (EnginePlainSum sum = new EnginePlainSum(device, 0)) {
        sum.add(scope, found);
      }
    }
    return last.toDoubles();
  }

  private Trainable trainable(ModelConfig part, List<Decoder> decoders) {
    return lora.<Trainable>map(
            spec ->
                new TrainableAdapter(decoders, Adapter.initial(AdapterLayout.of(part, spec), 0)))
        .orElseGet(() -> new TrainableWeights(part, decoders, new WeightLayout(part).random()));
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
