package dev.reticent.decoding;

import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.weights.ComputeType;
import java.util.List;
import java.util.Optional;

/**
 * What computes a session's single tokens in the place of the decoder's script. Whole pieces of
 * prompts are the script's all the same, so keys and values are read from the session's store and
 * written to it.
 */
interface TokenDecoder extends AutoCloseable {

  /** The script's own step: logits [n][V] of places. */
  interface Step {
    float[][] of(List<Place> places);
  }

  /** Finds what decodes a session's tokens; nothing leaves them to the script. */
  interface Choice {
    Optional<TokenDecoder> of(SessionParts parts, Step script);
  }

  /** The script for every token. */
  Choice NONE = (parts, script) -> Optional.empty();

  /** What suits the model, the device and the session's size. */
  static Optional<TokenDecoder> suiting(SessionParts parts, Step script) {
    boolean inFloat32 = parts.weights().compute() == ComputeType.FLOAT32;
    if (inFloat32 && HeapDecoder.suits(parts.decoder(), parts.options())) {
      return Optional.of(new HeapDecoder(parts));
    }
    return CardDecoder.on(parts.decoder().kernelDevice(), parts, script);
  }

  /**
   * The newest tokens, at least one, in the order of each row: one sees what those before it keep.
   *
   * @return logits [n][V]
   */
  float[][] step(List<Place> places);

  /** How many tokens behind the last whole piece of a prompt are sooner done here. */
  default int mostOfPrompt() {
    return 0;
  }

  /**
   * The last tokens of a row's prompt, up to {@link #mostOfPrompt}, in their order.
   *
   * @return logits [V] after the last of them
   */
  default float[] last(List<Place> places) {
    return step(places)[places.size() - 1];
  }

  /** Hears that a row's last tokens were taken back. */
  default void shorten(int row, int length) {}

  /** Hears that a row's keys and values are in the store alone, or nobody's. */
  default void forget(int row) {}

  /** Takes an adapter in, on any thread; what is returned runs between two steps. */
  default Runnable loading(AdapterId id, AdapterTensors tensors) {
    return () -> {};
  }

  /** Hears that no row uses an adapter any more. */
  default void unload(AdapterId id) {}

  @Override
  default void close() {}
}
