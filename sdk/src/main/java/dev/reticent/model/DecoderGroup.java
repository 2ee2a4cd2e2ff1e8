package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Engine;
import dev.reticent.engine.Program;
import dev.reticent.engine.Tensor;
import dev.reticent.engine.Timeline;
import dev.reticent.format.Safetensors;
import dev.reticent.weights.CheckpointSource;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.DecoderWeights;
import dev.reticent.weights.HeldLayers;
import dev.reticent.weights.LayerLease;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Processor;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.RandomSource;
import dev.reticent.weights.ReadAhead;
import dev.reticent.weights.TensorNames;
import dev.reticent.weights.WeightCache;
import dev.reticent.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * One model on one or several devices: a {@link Decoder} for each, over layers that are held as
 * {@link Placement} says.
 *
 * <p>Embedding table, final norm and output matrix are on every device. Whatever the placement,
 * every decoder computes the same.
 */
public final class DecoderGroup implements AutoCloseable {

  private final ModelConfig config;
  private final ProgramCache<?>.Lease lease;
  private final Program program;
  private final Placement placement;
  private final List<ComputeDevice> devices;
  private final Map<ComputeDevice, Decoder> decoders = new LinkedHashMap<>();
  private final Map<ComputeDevice, DecoderWeights> weights = new ConcurrentHashMap<>();
  private final List<HeldLayers> held = new ArrayList<>();

  DecoderGroup(
      ModelConfig config,
      WeightSource source,
      List<ComputeDevice> devices,
      DecoderOptions options,
      Placement placement,
      ProgramCache<?>.Lease lease) {
    this.config = config;
    this.lease = lease;
    this.program = lease.program();
    this.placement = placement;
    this.devices = List.copyOf(devices);
    try {
      for (ComputeDevice device : devices) {
        decoders.computeIfAbsent(device, d -> new Decoder(this, options.with(d), program));
      }
      place(source);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Loads a Hugging Face model folder.
   *
   * @param devices at least one; those named several times share their weights
   * @param options whose device plays no part
   * @param cache where quantized weights are kept
   * @param notices told of layers in the files that the config leaves out
   * @throws dev.reticent.config.UserInputException when the folder holds no model of a supported
   *     family, or its weights do not fit its config
   */
  public static DecoderGroup load(
      Path folder,
      List<ComputeDevice> devices,
      DecoderOptions options,
      Placement placement,
      WeightCache cache,
      Consumer<String> notices) {
    Engine.begin(devices);
    CardKernels.begin();
    ModelConfig config = ModelConfig.read(folder);
    TensorNames names = new TensorNames(config);
    Quantization kind = options.quantization();
    try (Safetensors files = names.open(folder)) {
      names.layersBeyond(folder, files).ifPresent(notices);
      Optional<Safetensors> kept = Timeline.of("cache", () -> cache.open(config, files, kind));
      try (ReadAhead ahead = ReadAhead.of(config, files, kept, kind, devices)) {
        ProgramCache<?>.Lease lease = DecoderProgram.lease(config, Processor.own());
        WeightSource source = new CheckpointSource(files, kept, ahead, options, lease.program());
        DecoderGroup group = new DecoderGroup(config, source, devices, options, placement, lease);
        Timeline.ready();
        return group;
      } finally {
        kept.ifPresent(Safetensors::close);
      }
    }
  }

  /**
   * A model of a shape with random weights, to measure what it takes.
   *
   * @param options whose device plays no part
   */
  public static DecoderGroup random(
      ModelConfig config, List<ComputeDevice> devices, DecoderOptions options) {
    ProgramCache<?>.Lease lease = DecoderProgram.lease(config, Processor.own());
    return new DecoderGroup(
        config,
        new RandomSource(options, lease.program()),
        devices,
        options,
        Placement.REPLICATED,
        lease);
  }

  private void place(WeightSource source) {
    List<ComputeDevice> distinct = List.copyOf(decoders.keySet());
    if (placement != Placement.REPLICATED) {
      HeldLayers layers = new HeldLayers(config, source, homes(distinct));
      held.add(layers);
      if (placement == Placement.HOST && distinct.stream().anyMatch(card -> !card.onHost())) {
        layers.pin(program);
      }
    }
    for (Map.Entry<ComputeDevice, Decoder> entry : decoders.entrySet()) {
      if (placement == Placement.REPLICATED) {
        List<ComputeDevice> homes = Collections.nCopies(config.layers(), entry.getKey());
        held.add(Timeline.of("layers", () -> new HeldLayers(config, source, homes)));
      }
      DecoderOptions options = entry.getValue().options();
      DecoderWeights seen =
          new DecoderWeights(config, source, held.get(held.size() - 1), options, program);
      weights.put(entry.getKey(), seen);
      if (options.compute() == ComputeType.BFLOAT16 && !options.device().onHost()) {
        try (LayerLease first = seen.layer(0, -1)) {
          int place = Projection.of(config).indexOf(Projection.of(config, 0).get(0));
          int matrix = new LayerLayout(config).module(0, place);
          Tensor like = entry.getValue().like();
          Timeline.of("check", () -> CardKernels.verify(program, first.tensors(), matrix, like));
        }
      }
    }
  }

  private List<ComputeDevice> homes(List<ComputeDevice> distinct) {
    return IntStream.range(0, config.layers())
        .mapToObj(
            layer ->
                placement == Placement.HOST
                    ? ComputeDevice.CPU
                    : distinct.get(layer % distinct.size()))
        .toList();
  }

  /** The decoder of each device, in the order in which the devices were given. */
  public List<Decoder> decoders() {
    return devices.stream().map(decoders::get).toList();
  }

  /** The shape of the model. */
  public ModelConfig config() {
    return config;
  }

  DecoderWeights weights(ComputeDevice device) {
    return Optional.ofNullable(weights.get(device))
        .orElseThrow(() -> new IllegalStateException("the model is closed"));
  }

  void setWeights(WeightSource source) {
    freeWeights(); // first, so that never two copies are in memory
    place(source);
  }

  private void freeWeights() {
    weights.values().forEach(DecoderWeights::close);
    weights.clear();
    held.forEach(HeldLayers::close);
    held.clear();
  }

  /** Closes all decoders. */
  @Override
  public void close() {
    freeWeights();
    decoders.values().forEach(Decoder::free);
    decoders.clear();
    lease.close();
  }
}
