package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.List;

/**
 * What is being trained: a LoRA adapter, or all weights. One flat array of values on the host, and
 * the gradients of a micro-batch in the same order.
 */
@Internal
public sealed interface Trainable extends AutoCloseable permits TrainableAdapter, TrainableWeights {

  /** P values; an optimizer changes them in place. */
  float[] values();

  /** The tensor that a value belongs to. */
  String tensorOf(int index);

  /** Brings changed values to every device. */
  void upload();

  /** One decoder for each worker. */
  List<Decoder> decoders();

  /** The decoder on which a worker computes; workers beyond the last start over. */
  default Decoder decoder(int worker) {
    return decoders().get(worker % decoders().size());
  }

  /** The adapter a forward pass runs with on the first worker's device. */
  default AdapterTensors adapter() {
    return adapter(decoder(0));
  }

  /** The adapter a forward pass runs with on a decoder. */
  AdapterTensors adapter(Decoder decoder);

  /**
   * Losses and gradients of a micro-batch, on its own decoder.
   *
   * @param perExample one row for each example; else one row, their sum
   */
  Gradients gradients(Scope scope, MicroBatch batch, boolean perExample);

  /**
   * @param losses of each example [B], in fp32
   * @param groups gradients [B,P_j] or [1,P_j] of the matrices of each group, a group being a layer
   *     or the head; all their coordinates follow each other
   */
  record Gradients(Tensor losses, List<List<Tensor>> groups) {
    /** Those of all groups. */
    List<Tensor> tensors() {
      return groups.stream().flatMap(List::stream).toList();
    }

    /** fp32 values of a device on the host, which waits for them. */
    static double[] wide(Tensor values) {
      float[] narrow = values.toFloats();
      double[] wide = new double[narrow.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = narrow[i];
      }
      return wide;
    }
  }

  @Override
  void close();
}
