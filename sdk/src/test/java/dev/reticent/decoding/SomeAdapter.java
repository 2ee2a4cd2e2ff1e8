package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Adapters with random values that touch all that an adapter can. */
final class SomeAdapter {

  private SomeAdapter() {}

  /** An adapter on every module and the head, with a gain on one and a shift on another. */
  static AdapterTensors of(Decoder decoder, int rank, int seed) {
    Random random = new Random(seed);
    ModelConfig config = decoder.config();
    AdapterTensors tensors = AdapterTensors.none(config, ComputeDevice.CPU);
    List<Projection> projections = Projection.of(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int i = 0; i < projections.size(); i++) {
        Projection p = projections.get(i);
        Tensor a = some(random, 0.1f, rank, p.in(config, layer));
        Tensor b = some(random, 0.1f, p.out(config, layer), rank);
        tensors.put(layer, i, a, b, Tensor.scalar(ComputeDevice.CPU, 2));
      }
    }
    int out = projections.get(1).out(config, 0);
    tensors.put(1, AdapterPart.GAIN, some(random, 1, out));
    tensors.put(1, AdapterPart.SHIFT, some(random, 1, out));
    tensors.putHead(
        some(random, 0.1f, rank, config.hiddenSize()),
        some(random, 0.1f, config.vocabSize(), rank),
        Tensor.scalar(ComputeDevice.CPU, 2));
    return tensors;
  }

  private static Tensor some(Random random, float size, int... shape) {
    int count = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = size * (float) random.nextGaussian();
    }
    return Tensor.of(ComputeDevice.CPU, values, IntStream.of(shape).asLongStream().toArray());
  }
}
