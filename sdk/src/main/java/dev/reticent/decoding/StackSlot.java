package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One adapter's place in an {@link AdapterStack}.
 *
 * @param id empty where no request may use what is there
 * @param tensors borrowed
 * @param room the columns of every module that it may fill; 0 for exactly its own
 */
record StackSlot(Optional<AdapterId> id, AdapterTensors tensors, int room) {
  private static final int SEED = 17;

  /**
   * A place that nobody has taken. It holds numbers, not zeros: which numbers of rows give the same
   * bits is found by looking at results, in which an adapter has to be seen.
   */
  static StackSlot vacant(Decoder decoder, int room) {
    ModelConfig config = decoder.config();
    AdapterTensors tensors = AdapterTensors.none(config, decoder.device());
    List<Projection> projections = Projection.of(config);
    Random random = new Random(SEED);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int i = 0; i < projections.size(); i++) {
        Projection p = projections.get(i);
        if (!has(p) || !p.isIn(config, layer)) {
          continue;
        }
        tensors.put(
            layer,
            i,
            some(decoder, random, room, p.in(config, layer)),
            some(decoder, random, p.out(config, layer), room),
            one(decoder));
      }
    }
    Projection head = Projection.HEAD;
    tensors.putHead(
        some(decoder, random, room, head.in(config, config.layers())),
        some(decoder, random, head.out(config, config.layers()), room),
        one(decoder));
    return new StackSlot(Optional.empty(), tensors, room);
  }

  private static Tensor some(Decoder decoder, Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.05 * random.nextGaussian());
    }
    return Tensor.of(decoder.device(), values, rows, columns);
  }

  private static Tensor one(Decoder decoder) {
    return Tensor.of(decoder.device(), new float[] {1}, 1);
  }

  boolean holds(AdapterId other) {
    return id.filter(other::equals).isPresent();
  }

  /**
   * Whether there is room for a module: for experts there would have to be as much as they have.
   */
  private static boolean has(Projection projection) {
    return projection.adaptable() && !projection.ofExperts();
  }

  /** How many columns of a module it takes; of experts, how many each takes. */
  int width(int module, Projection projection) {
    return room > 0 && has(projection) ? room : tensors.rank(module);
  }
}
