package dev.reticent.decoding;

import dev.reticent.architecture.DeltaRule;
import dev.reticent.architecture.Mixer;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a session keeps of the tokens it has seen, two tensors a layer: keys and values by block,
 * each [blocks, P, G·E], an earlier layer's where a layer has none; or, in a layer with a delta
 * rule, by row what it keeps of its past.
 */
final class KeyValueStore implements AutoCloseable {

  private final Decoder decoder;
  private final List<Tensor> all = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();
  private final List<Tensor> inBlocks = new ArrayList<>();

  /**
   * @param like a tensor of the type in which keys and values are kept
   */
  KeyValueStore(Decoder decoder, Tensor like, SessionOptions options) {
    this.decoder = decoder;
    ModelConfig config = decoder.config();
    for (int layer = 0; layer < config.layers(); layer++) {
      int from = config.keyLayer(layer);
      if (from != layer) {
        all.addAll(List.copyOf(all.subList(2 * from, 2 * from + 2)));
      } else if (config.mixers().get(layer) == Mixer.ATTENTION) {
        long[] keys = {
          options.blocks(options.cacheTokens()), options.blockTokens(), config.keyValueSize(layer)
        };
        inBlocks.add(add(like, keys));
        inBlocks.add(add(like, keys));
      } else {
        DeltaRule rule = config.deltaRule();
        try (Tensor float32 = Tensor.of(decoder.device(), new float[1], 1)) {
          add(float32, options.rows(), rule.kernel() - 1L, rule.channels());
          add(float32, options.rows(), rule.valueHeads(), rule.keySize(), rule.valueSize());
        }
      }
    }
  }

  /** A further tensor of zeros. */
  private Tensor add(Tensor like, long... shape) {
    try (Scope scope = new Scope()) {
      Tensor zeros = scope.release(decoder.program().call(scope, "zeros", shape, like).get(0));
      all.add(zeros);
      owned.add(zeros);
      return zeros;
    }
  }

  /** The tensors in the order of the layers. */
  List<Tensor> tensors() {
    return List.copyOf(all);
  }

  /**
   * Sets blocks to zero before a row takes them over: a masked key counts zero times, but zero
   * times what is not finite is not zero.
   */
  void clear(List<Integer> blocks) {
    if (blocks.isEmpty() || inBlocks.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      long[] numbers = blocks.stream().mapToLong(Integer::longValue).toArray();
      Tensor which = scope.own(Tensor.of(decoder.device(), numbers, numbers.length));
      decoder.program().call(scope, "clear", which, inBlocks);
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
