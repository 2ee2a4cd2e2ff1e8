package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.Machine;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.Quantization;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A decoder's weights as decoding on processors wants them: unpacked, and in fp32 laid out for
 * products with few rows ({@link dev.reticent.model.PackedProducts}).
 *
 * <p>That costs the matrices once more. Plain models have it up to {@link #MOST_BYTES}, in bf16
 * only where the processor is slow in that. Of quantized ones, which would otherwise be unpacked
 * for every token, as many layers as a quarter of the memory holds: the size of the memory decides,
 * never how much of it is free, so that answers stay the same to the last bit.
 */
final class SessionWeights implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SessionWeights.class.getName());

  /** The most memory that copies of plain weights take. */
  static final long MOST_BYTES = 1L << 30;

  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> all;
  private final List<Tensor> head;
  private final ComputeType compute;
  private final Tensor like;

  SessionWeights(Decoder decoder) {
    this(decoder, Math.max(MOST_BYTES, Machine.here().memory() / 4));
  }

  /**
   * @param room bytes for unpacked weights of a quantized model; of a plain one no more than {@link
   *     #MOST_BYTES}
   */
  SessionWeights(Decoder decoder, long room) {
    Size size = Size.of(decoder);
    int layers = layers(decoder, size, room);
    boolean inFloat32 = decoder.options().compute().inside(decoder.device()) == ComputeType.FLOAT32;
    compute = layers > 0 && inFloat32 ? ComputeType.FLOAT32 : decoder.options().compute();
    like =
        compute == decoder.options().compute()
            ? decoder.like()
            : own(Tensor.of(decoder.device(), new float[1], 1));
    all = new ArrayList<>(decoder.weights().all());
    head = new ArrayList<>(decoder.weights().head());
    LayerLayout layout = new LayerLayout(decoder.config());
    List<Projection> modules = Projection.of(decoder.config());
    for (int layer = 0; layer < layers; layer++) {
      List<Integer> attending = new ArrayList<>();
      for (int m = 0; m < modules.size(); m++) {
        int at = layout.module(layer, m);
        Projection module = modules.get(m);
        if (!module.isIn(decoder.config(), layer)) {
          continue;
        }
        if (module.sideBySide(decoder.config())) {
          attending.add(at);
        } else if (!module.ofExperts()) {
          unpack(decoder, all, List.of(at));
        } else if (decoder.options().quantization() != Quantization.NONE) {
          unpackExperts(decoder, all, at, module.parts(decoder.config()));
        }
      }
      if (!attending.isEmpty()) {
        unpack(decoder, all, attending);
      }
    }
    if (layers > 0) {
      unpack(decoder, head, List.of(layout.outputMatrix()));
    }
    if (decoder.options().quantization() != Quantization.NONE && decoder.device().onHost()) {
      LOG.log(System.Logger.Level.INFO, said(decoder, size, layers));
    }
  }

  private static String said(Decoder decoder, Size size, int unpacked) {
    int layers = decoder.config().layers();
    return String.format(
        Locale.ROOT,
        "decoding from %s: %d of %d layers are kept unpacked (%.2f GB)%s",
        decoder.options().quantization().name().toLowerCase(Locale.ROOT),
        unpacked,
        layers,
        (unpacked == 0 ? 0 : size.head + unpacked * size.layer) / 1e9,
        unpacked == layers ? "" : ", the others are unpacked for every token");
  }

  /** Bytes of the output matrix and of the largest layer's matrices, unpacked. */
  private record Size(long head, long layer) {
    static Size of(Decoder decoder) {
      ModelConfig config = decoder.config();
      long bytes = decoder.options().compute().inside(decoder.device()).bytes();
      long layer =
          IntStream.range(0, config.layers())
              .mapToLong(i -> Projection.layerValues(config, i))
              .max()
              .orElse(0);
      return new Size(bytes * config.vocabSize() * config.hiddenSize(), bytes * layer);
    }
  }

  /** How many layers, the first ones, are unpacked; with them the output matrix. */
  private static int layers(Decoder decoder, Size size, long room) {
    if (!decoder.device().onHost()) {
      return 0;
    }
    int layers = decoder.config().layers();
    if (decoder.options().quantization() == Quantization.NONE) {
      boolean inFloat32 =
          decoder.options().compute().inside(decoder.device()) == ComputeType.FLOAT32;
      return inFloat32 && size.head + layers * size.layer <= Math.min(room, MOST_BYTES)
          ? layers
          : 0;
    }
    return (int) Math.max(0, Math.min(layers, (room - size.head) / size.layer));
  }

  /** Matrices that have the same input become one, in the place of the first. */
  private void unpack(Decoder decoder, List<Tensor> tensors, List<Integer> at) {
    try (Scope scope = new Scope()) {
      long[] places = at.stream().mapToLong(Integer::longValue).toArray();
      Tensor matrix = decoder.program().call(scope, "laid_out", tensors, places, like).get(0);
      tensors.set(at.get(0), own(scope.release(matrix)));
      at.stream().skip(1).forEach(i -> tensors.set(i, own(Tensor.absent(decoder.device()))));
    }
  }

  /** Experts' matrices are taken apart again, so they stay as they are but for their type. */
  private void unpackExperts(Decoder decoder, List<Tensor> tensors, int at, int experts) {
    try (Scope scope = new Scope()) {
      Tensor matrix =
          decoder.program().call(scope, "all_experts", tensors, at, experts, like).get(0);
      tensors.set(at, own(scope.release(matrix)));
    }
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** The type in which a session computes. */
  ComputeType compute() {
    return compute;
  }

  /** A tensor of that type. */
  Tensor like() {
    return like;
  }

  List<Tensor> all() {
    return all;
  }

  List<Tensor> head() {
    return head;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
