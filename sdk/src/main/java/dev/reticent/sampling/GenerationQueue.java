package dev.reticent.sampling;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.decoding.AdapterRoom;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.engine.Engine;
import dev.reticent.lora.Adapter;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.text.Tokenizer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers requests from any thread on one thread of its own, which alone touches the model.
 *
 * <p>Requests wait their turn ({@link FairQueue}), without bound: who serves others bounds them
 * before. They join the running ones between steps and leave as soon as they end; a cancelled one
 * is gone before the next step. An answer is a function of its own request alone, to the last bit:
 * not of the requests beside it, their adapters, when they come and go, or what earlier prompts
 * left in the cache.
 *
 * <p>Constraints are worked out on threads of their own while the model computes; a request whose
 * constraint is late waits alone.
 *
 * <p>What fails, fails alone: logits that are not finite, a listener or a constraint that throws
 * and a time limit end one request. Should the model itself throw, the requests that run end with
 * an error and the queue lives on.
 *
 * <p>Safe for use by many threads. Listeners are called on the queue's thread and must not block
 * it.
 */
@Internal
public final class GenerationQueue implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GenerationQueue.class.getName());

  /** What one answer's constraint takes to work out holds up a part of the others' at most. */
  private static final int CONSTRAINT_THREADS = 2;

  private final Generator generator;
  private final Runnable release;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final ExecutorService constraints =
      Executors.newFixedThreadPool(CONSTRAINT_THREADS, GenerationQueue::constraintThread);
  private final Thread thread;
  private final Object loading = new Object();
  private Function<Adapter, Runnable> loader =
      adapter -> {
        throw new UserInputException("There is no room for one more adapter.");
      };
  private Consumer<AdapterId> unloader = adapter -> {};
  private volatile QueueStatistics statistics;
  private volatile boolean stopped;
  private volatile Runnable told = () -> {};
  private boolean accepting = true;
  private int outstanding;
  private int ended; // since the last step; the queue's thread only

  GenerationQueue(Generator generator, Runnable release) {
    this.generator = generator;
    generator.workOutConstraints(constraints, () -> inbox.add(() -> {}));
    this.release = release;
    this.statistics = generator.statistics();
    this.thread = new Thread(this::run, "generation-queue");
    thread.setDaemon(true);
    thread.start();
  }

  private static Thread constraintThread(Runnable work) {
    Thread thread = new Thread(work, "sampling-constraints");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts a queue over a base model and adapters of it.
   *
   * @param decoder borrowed, as is the tokenizer; both must outlive the queue
   * @param adapters those that requests may name by their {@link Adapter#id}; copied
   * @throws UserInputException if an adapter holds a value that is not finite
   */
  public static GenerationQueue start(
      Decoder decoder, Tokenizer tokenizer, List<Adapter> adapters, QueueOptions options) {
    return start(decoder, tokenizer, adapters, options, AdapterRoom.NONE);
  }

  /**
   * Starts a queue with room for adapters that come and go.
   *
   * @param room what {@link #load} may take
   */
  public static GenerationQueue start(
      Decoder decoder,
      Tokenizer tokenizer,
      List<Adapter> adapters,
      QueueOptions options,
      AdapterRoom room) {
    Map<AdapterId, AdapterTensors> tensors = new LinkedHashMap<>();
    boolean started = false;
    try {
      for (Adapter adapter : adapters) {
        tensors.put(adapter.id(), adapter.on(decoder));
      }
      DecodingSession session = DecodingSession.on(decoder, tensors, options.session(), room);
      Generator generator = Generator.of(session, tokenizer);
      generator.lookUp(options.lookupTokens());
      GenerationQueue queue =
          new GenerationQueue(
              generator,
              () -> {
                session.close();
                tensors.values().forEach(AdapterTensors::close);
              });
      queue.loader = adapter -> session.loading(adapter.id(), adapter.on(decoder));
      queue.unloader = session::unload;
      started = true;
      return queue;
    } finally {
      if (!started || room.slots() == 0) { // the session has its own, unless it puts others beside
        tensors.values().forEach(AdapterTensors::close);
        tensors.clear();
      }
    }
  }

  /**
   * Takes in one more adapter, while answers go on; returns when requests may name it. Every answer
   * is to the bit what it would be without.
   *
   * @throws UserInputException if there is no room for it, or it holds a value that is not finite
   * @throws RejectedExecutionException if the queue is draining or closed
   */
  public void load(Adapter adapter) {
    synchronized (loading) {
      if (!generator.knows(adapter.id())) {
        change(loader.apply(adapter));
      }
    }
  }

  /** Frees the room of an adapter that was loaded; no request that has not ended may name it. */
  public void unload(AdapterId adapter) {
    synchronized (loading) {
      change(() -> unloader.accept(adapter));
    }
  }

  /** Has the queue's thread change something between two steps, and waits for it. */
  private void change(Runnable change) {
    CompletableFuture<Void> done;
    synchronized (this) {
      if (!accepting) {
        throw new RejectedExecutionException("The queue changes no more adapters: it is closing.");
      }
      done = CompletableFuture.runAsync(change, inbox::add);
    }
    done.join();
  }

  /**
   * Starts a queue over a session.
   *
   * @param session the queue's own from now on, closed with it
   */
  public static GenerationQueue start(DecodingSession session, Tokenizer tokenizer) {
    return new GenerationQueue(Generator.of(session, tokenizer), session::close);
  }

  /**
   * Queues a request.
   *
   * @param listener hears of it on the queue's thread, of its end in any case
   * @throws UserInputException if the prompt leaves no room in the context or holds an id that the
   *     model does not know
   * @throws IllegalArgumentException if the request names an adapter that the queue lacks
   * @throws RejectedExecutionException if the queue is draining or closed
   */
  public Ticket submit(GenerationRequest request, GenerationListener listener) {
    return submit(request, Origin.unnamed(), listener);
  }

  /**
   * Queues one of the answers that a client's request asks for, as {@link
   * #submit(GenerationRequest, GenerationListener)} does.
   *
   * @param origin whose turn it waits for
   */
  public Ticket submit(GenerationRequest request, Origin origin, GenerationListener listener) {
    generator.check(request);
    long submitted = System.nanoTime();
    AtomicLong ticket = new AtomicLong();
    GenerationListener counted = new Counted(listener);
    synchronized (this) {
      if (!accepting) {
        throw new RejectedExecutionException("The queue takes no more requests: it is closing.");
      }
      outstanding++;
      inbox.add(() -> ticket.set(generator.submit(request, origin, counted, submitted)));
    }
    return () -> inbox.add(() -> generator.cancel(ticket.get()));
  }

  /**
   * Runs something on the queue's thread whenever listeners have been told what a pass over the
   * model yielded, so that who hands it on to another thread can do so once for all of it.
   */
  public void whenTold(Runnable action) {
    told = action;
  }

  /** What the queue is doing and has done; costs nothing. */
  public QueueStatistics statistics() {
    return statistics;
  }

  /** How many requests have been submitted and had not ended when the latest step was over. */
  public synchronized int outstanding() {
    return outstanding;
  }

  /**
   * Takes no more requests and waits until those there have ended.
   *
   * @return false if some still run when the time is up; they go on
   */
  public synchronized boolean drain(Duration atMost) throws InterruptedException {
    accepting = false;
    long deadline = System.nanoTime() + atMost.toNanos();
    while (outstanding > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Cancels what still runs, ends the thread and frees the cache; does nothing a second time. */
  @Override
  public void close() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a listener cannot close the queue that calls it");
    }
    synchronized (this) {
      accepting = false;
    }
    inbox.add(() -> stopped = true);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Engine.optimizeForLong();
    boolean busy = false;
    while (!stopped) {
      try {
        Runnable command = busy ? inbox.poll() : inbox.take();
        while (command != null) {
          command.run();
          command = inbox.poll();
        }
        busy = generator.step(this::tell);
      } catch (InterruptedException e) {
        stopped = true;
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a step of the queue failed", e);
        busy = true;
      }
      settle();
    }
    generator.cancelAll();
    settle();
    constraints.shutdownNow();
    release.run();
  }

  /** Shows the state, then has handed on what listeners heard: none sees its end too early. */
  private void tell() {
    statistics = generator.statistics();
    try {
      told.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "what was told could not be handed on", e);
    }
  }

  /** After a step: lets go of those who wait for the requests it ended. */
  private void settle() {
    tell();
    synchronized (this) {
      outstanding -= ended;
      ended = 0;
      notifyAll();
    }
  }

  /** Passes on what a listener is told, and counts the end of its request whatever it does. */
  private final class Counted implements GenerationListener {
    private final GenerationListener listener;

    Counted(GenerationListener listener) {
      this.listener = listener;
    }

    @Override
    public void token(GeneratedToken token) {
      listener.token(token);
    }

    @Override
    public void finished(String rest, Generation generation) {
      try {
        listener.finished(rest, generation);
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a listener failed at the end of its request", e);
      } finally {
        ended++;
      }
    }
  }
}
