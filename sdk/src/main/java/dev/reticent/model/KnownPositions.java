package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Turns and masks of a decoder, made once for each number of positions. */
final class KnownPositions implements AutoCloseable {

  private final ModelConfig config;
  private final ComputeDevice device;
  private final Program program;
  private final Tensor like;
  private final Map<Integer, RotaryPositions> byLength = new ConcurrentHashMap<>();

  KnownPositions(ModelConfig config, ComputeDevice device, Program program, Tensor like) {
    this.config = config;
    this.device = device;
    this.program = program;
    this.like = like;
  }

  /** As {@link Decoder#positions}. */
  RotaryPositions of(Scope scope, int padded, int[] lengths) {
    int boundary = config.boundary();
    boolean mixed = padded > boundary && Arrays.stream(lengths).anyMatch(n -> n <= boundary);
    RotaryPositions whole = byLength.computeIfAbsent(padded, this::newPositions);
    if (!mixed) {
      return whole;
    }
    Turns near = Turns.of(config, boundary);
    Turns far = Turns.of(config, padded);
    TurnRows rows = new TurnRows(config, lengths.length * padded);
    for (int i = 0; i < lengths.length; i++) {
      Turns own = lengths[i] > boundary ? far : near;
      rows.set(i * padded, own, 0, Math.min(padded, own.length()));
    }
    List<Tensor> tensors = rows.tensors(device, lengths.length, 1, padded);
    tensors.forEach(scope::own);
    return new RotaryPositions(TurnRows.byLayer(config, tensors), whole.masks());
  }

  private RotaryPositions newPositions(int length) {
    Map<Integer, Tensor> byWindow = new HashMap<>();
    List<Tensor> masks = new ArrayList<>();
    for (int window : config.windows()) {
      boolean plain = window == 0 || window >= length;
      masks.add(byWindow.computeIfAbsent(plain ? 0 : window, w -> mask(length, w)));
    }
    List<Tensor> tensors = TurnRows.all(Turns.of(config, length)).tensors(device, length);
    return new RotaryPositions(TurnRows.byLayer(config, tensors), masks);
  }

  private Tensor mask(int length, int window) {
    if (window == 0) {
      return Tensor.absent(device);
    }
    try (Scope scope = new Scope()) {
      return scope.release(program.call(scope, "window_mask", length, window, like).get(0));
    }
  }

  @Override
  public void close() {
    for (RotaryPositions at : byLength.values()) {
      at.turns().stream().flatMap(List::stream).distinct().forEach(Tensor::close);
      at.masks().stream().distinct().forEach(Tensor::close);
    }
  }
}
