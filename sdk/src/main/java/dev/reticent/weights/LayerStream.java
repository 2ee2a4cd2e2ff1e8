package dev.reticent.weights;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.CopyStream;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Brings layers to a device when they are needed and frees them after, the next one on its way
 * while this one computes.
 *
 * <p>Beside the layers in use, at most two wait unused. One thread of its own copies, on a queue of
 * its own ({@link CopyStream}); {@link #close} waits for it, so that nothing is copied from or into
 * memory that is freed. A device may still compute with a layer that nobody uses any more, so what
 * comes into its place is copied after that. Safe for use by many threads, but not at the same time
 * as {@code close}.
 */
final class LayerStream implements AutoCloseable {

  private static final int IDLE = 2;

  private final HeldLayers held;
  private final Program program;
  private final List<Tensor> tables;
  private final Map<Integer, Visitor> visitors = new LinkedHashMap<>(); // least recently used first
  private final Tensor marker;
  private final CopyStream copies;
  private final ExecutorService copier = Executors.newSingleThreadExecutor(LayerStream::thread);
  private boolean closed;

  /** A layer on its way, or there. */
  private static final class Visitor {
    final CompletableFuture<List<Tensor>> tensors;
    int users;
    Optional<CopyStream.Moment> lastUse = Optional.empty();

    void usedUntil(CopyStream.Moment moment) {
      lastUse.ifPresent(CopyStream.Moment::close);
      lastUse = Optional.of(moment);
    }

    Visitor(CompletableFuture<List<Tensor>> tensors) {
      this.tensors = tensors;
    }
  }

  /**
   * @param tables the two tensors before every layer's own; borrowed
   */
  LayerStream(HeldLayers held, Program program, List<Tensor> tables, ComputeDevice device) {
    this(held, program, tables, device, CopyStream.on(device));
  }

  /**
   * @param copies the device's, on which layers come over
   */
  LayerStream(
      HeldLayers held,
      Program program,
      List<Tensor> tables,
      ComputeDevice device,
      CopyStream copies) {
    this.held = held;
    this.program = program;
    this.tables = tables;
    this.marker = Tensor.absent(device);
    this.copies = copies;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "reticent-layers");
    thread.setDaemon(true);
    return thread;
  }

  /** Starts bringing a layer over, unless it is there. */
  synchronized void prefetch(int layer) {
    visitor(layer);
    freeIdle(layer);
  }

  /** A layer's tensors, as soon as they are there. */
  LayerLease lease(int layer) {
    Visitor visitor;
    synchronized (this) {
      visitor = visitor(layer);
      visitor.users++;
    }
    try {
      return new LayerLease(visitor.tensors.join(), () -> end(layer, visitor));
    } catch (CompletionException e) {
      end(layer, visitor);
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private Visitor visitor(int layer) {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    Visitor found = visitors.remove(layer);
    if (found == null || found.tensors.isCompletedExceptionally()) {
      found = new Visitor(CompletableFuture.supplyAsync(() -> copy(layer), copier));
    }
    visitors.put(layer, found);
    return found;
  }

  private synchronized void end(int layer, Visitor visitor) {
    visitor.users--;
    visitor.usedUntil(copies.now());
    freeIdle(layer);
  }

  /** Frees the least recently used of what waits unused, if it is more than two. */
  private void freeIdle(int latest) {
    long idle = visitors.values().stream().filter(v -> v.users == 0).count();
    Iterator<Map.Entry<Integer, Visitor>> oldest = visitors.entrySet().iterator();
    while (idle > IDLE && oldest.hasNext()) {
      Map.Entry<Integer, Visitor> entry = oldest.next();
      Visitor visitor = entry.getValue();
      if (visitor.users == 0 && visitor.tensors.isDone() && entry.getKey() != latest) {
        oldest.remove();
        free(visitor);
        idle--;
      }
    }
  }

  private List<Tensor> copy(int layer) {
    try (Scope scope = new Scope()) {
      List<Tensor> brought =
          copies.call(() -> program.call(scope, "bring", held.layer(layer), marker));
      List<Tensor> all = new ArrayList<>(tables);
      brought.forEach(copy -> all.add(scope.release(copy)));
      return all;
    }
  }

  private void free(Visitor visitor) {
    visitor.lastUse.ifPresent(copies::after);
    visitor.lastUse.ifPresent(CopyStream.Moment::close);
    if (!visitor.tensors.isCompletedExceptionally()) {
      List<Tensor> tensors = visitor.tensors.join();
      tensors.subList(tables.size(), tensors.size()).forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    copier.shutdown();
    // Every copy that was asked for has ended when its future has.
    for (Visitor visitor : visitors.values()) {
      visitor.tensors.handle((tensors, failure) -> 0).join();
      free(visitor);
    }
    visitors.clear();
    marker.close();
  }
}
