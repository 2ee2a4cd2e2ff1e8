package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.format.Safetensors;
import dev.reticent.format.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;

/**
 * Quantized matrices that are made beside all else a model needs before they can go to a card:
 * libtorch's libraries, the card's context, compiled scripts.
 *
 * <p>How many bytes are ready and wait to be taken is bounded, but for one matrix a thread.
 */
@Internal
public final class ReadAhead implements AutoCloseable {

  /** Each quantizes its matrix on all cores; the others read meanwhile. */
  private static final int MOST_AT_ONCE = 8;

  private final Map<String, FutureTask<QuantizedBytes>> waiting = new ConcurrentHashMap<>();
  private final long mostBytes;
  private long bytes;
  private boolean closed;

  /**
   * @param make what makes each matrix, by name, in the order in which they will be asked for
   * @param atOnce how many are made at a time
   */
  ReadAhead(Map<String, Callable<QuantizedBytes>> make, int atOnce, long mostBytes) {
    this.mostBytes = mostBytes;
    Map<String, FutureTask<QuantizedBytes>> all = new LinkedHashMap<>();
    make.forEach((name, matrix) -> all.put(name, new FutureTask<>(() -> count(matrix.call()))));
    waiting.putAll(all);
    for (int i = 0; i < atOnce; i++) {
      Thread thread = new Thread(() -> all.values().forEach(this::run), "reticent-reading-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** The quantized matrices of a model for cards; nothing where there is none to be quantized. */
  public static ReadAhead of(
      ModelConfig config,
      Safetensors files,
      Optional<Safetensors> kept,
      Quantization kind,
      List<ComputeDevice> devices) {
    Map<String, Callable<QuantizedBytes>> make = new LinkedHashMap<>();
    if (kind != Quantization.NONE && !devices.stream().allMatch(ComputeDevice::onHost)) {
      TensorNames names = new TensorNames(config);
      for (int layer = 0; layer < config.layers(); layer++) {
        for (Projection projection : Projection.of(config, layer)) {
          TensorSpec spec = names.weight(layer, projection);
          int parts = projection.parts(config);
          if (projection.quantizable()) {
            make.put(spec.name(), () -> QuantizedBytes.from(files, kept, kind, spec.name(), parts));
          }
        }
      }
    }
    Runtime here = Runtime.getRuntime();
    int atOnce = Math.min(MOST_AT_ONCE, Math.max(1, here.availableProcessors() / 2));
    return new ReadAhead(make, make.isEmpty() ? 0 : atOnce, here.maxMemory() / 4);
  }

  private void run(FutureTask<QuantizedBytes> matrix) {
    if (!matrix.isDone() && hasRoom()) {
      matrix.run(); // does nothing when another thread has begun it
    }
  }

  private synchronized boolean hasRoom() {
    while (bytes > mostBytes && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return !closed;
  }

  private synchronized QuantizedBytes count(QuantizedBytes matrix) {
    bytes += matrix.bytes();
    return matrix;
  }

  /** A matrix, once: made by this thread if by no other. */
  Optional<QuantizedBytes> take(String name) {
    FutureTask<QuantizedBytes> matrix = waiting.remove(name);
    if (matrix == null) {
      return Optional.empty();
    }
    matrix.run();
    QuantizedBytes made = Loading.result(matrix);
    synchronized (this) {
      bytes -= made.bytes();
      notifyAll();
    }
    return Optional.of(made);
  }

  /** Begins no more matrices; those under way are made and dropped. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
    notifyAll();
  }
}
