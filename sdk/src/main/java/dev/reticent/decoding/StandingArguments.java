package dev.reticent.decoding;

import dev.reticent.engine.Tensor;
import dev.reticent.engine.TensorList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What every decoding method takes behind its own arguments: weights, adapters, keys and values,
 * the head. Hundreds of tensors, so they are made into arguments once and not for every token.
 */
final class StandingArguments implements AutoCloseable {

  private final SessionWeights weights;
  private final TensorList layers;
  private final TensorList kept;
  private Optional<Stacked> stacked = Optional.empty();

  /** Those that change with the stack of adapters. */
  private record Stacked(
      AdapterStack stack, TensorList all, TensorList head, TensorList headAdapters) {
    void close() {
      all.close();
      head.close();
      headAdapters.close();
    }
  }

  /**
   * @param weights borrowed, as is the store of keys and values
   */
  StandingArguments(SessionWeights weights, List<Tensor> store) {
    this.weights = weights;
    this.layers = TensorList.of(weights.all());
    this.kept = TensorList.of(store);
  }

  /** The arguments, in the order of the script's methods. */
  List<Object> with(AdapterStack stack) {
    if (stacked.isEmpty() || stacked.get().stack() != stack) {
      stacked.ifPresent(Stacked::close);
      stacked =
          Optional.of(
              new Stacked(
                  stack,
                  TensorList.of(stack.all()),
                  TensorList.of(
                      Stream.concat(weights.head().stream(), stack.embeddings().stream()).toList()),
                  TensorList.of(stack.head())));
    }
    Stacked now = stacked.get();
    return List.of(weights.like(), layers, now.all(), kept, now.head(), now.headAdapters());
  }

  @Override
  public void close() {
    stacked.ifPresent(Stacked::close);
    layers.close();
    kept.close();
  }
}
