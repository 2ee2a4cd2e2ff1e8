package dev.reticent.serving;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Carries what the queue's thread hears over to the event loop, in order.
 *
 * <p>What comes after a pause crosses at once; what follows within {@link #PAUSE_MILLIS} crosses
 * together after them. So the queue of a small model, whose steps take less, neither wakes the loop
 * nor writes to each response at every token, and no token waits longer than an eye can see. The
 * end of an answer does not wait: who asked may have the next question ready.
 */
final class Relay {
  static final int PAUSE_MILLIS = 5;

  private final Vertx vertx;
  private final Context loop;
  private final List<Event> heard = new ArrayList<>(); // the queue's thread only
  private final Queue<Event> crossing = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean(); // the loop is about to look
  private boolean urgent; // the queue's thread only

  /** What a call is to do on the event loop. */
  private record Event(TextCall call, Runnable action) {}

  /**
   * @param vertx has one event loop, where all calls live
   */
  Relay(Vertx vertx) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
  }

  /** Notes an event; on the queue's thread. */
  void hear(TextCall call, Runnable action) {
    heard.add(new Event(call, action));
  }

  /** Notes the end of an answer; on the queue's thread. */
  void hearEnd(TextCall call, Runnable action) {
    hear(call, action);
    urgent = true;
  }

  /** Sends over what has been noted; on the queue's thread. */
  void handOver() {
    crossing.addAll(heard);
    heard.clear();
    if (!wake() && urgent) {
      onLoop(this::drain);
    }
    urgent = false;
  }

  private boolean wake() {
    boolean waking = !crossing.isEmpty() && awake.compareAndSet(false, true);
    if (waking) {
      onLoop(this::deliver);
    }
    return waking;
  }

  private void onLoop(Runnable task) {
    try {
      loop.runOnContext(now -> task.run());
    } catch (RejectedExecutionException e) {
      // The loop has ended, and all calls before it.
    }
  }

  private void deliver() {
    if (crossing.isEmpty()) {
      awake.set(false);
      wake(); // for what has come meanwhile
      return;
    }
    drain();
    vertx.setTimer(PAUSE_MILLIS, later -> deliver());
  }

  private void drain() {
    Set<TextCall> calls = new LinkedHashSet<>();
    for (Event event = crossing.poll(); event != null; event = crossing.poll()) {
      event.call().react(event.action());
      calls.add(event.call());
    }
    calls.forEach(TextCall::flush);
  }
}
