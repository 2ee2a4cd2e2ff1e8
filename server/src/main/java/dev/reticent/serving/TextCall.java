package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.sampling.FinishReason;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationRequest;
import dev.reticent.sampling.Origin;
import dev.reticent.sampling.Ticket;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One request for text, from its permit to the end of its response.
 *
 * <p>Lives on the event loop of its connection. The queue calls the listeners on its own thread;
 * what they hear crosses over by the {@link Relay}, in order.
 */
final class TextCall {
  /** Told to a call whose client has left, which no one hears. */
  static final ApiError GONE = ApiError.of(499, "client_closed_request", "The client has left.");

  private static final long PING_MILLIS = 15_000;

  /** How long a reader may take for what is left once its time is up. */
  private static final long GRACE_MILLIS = 5_000;

  private final TextCalls.Surroundings around;
  private final Origin origin;
  private final Context context;
  private final HttpServerResponse response;
  private final TextRequest request;
  private final Consumer<TextCall> ended;
  private final AnswerWriter writer;
  private final ServerMetrics.Timing timing;
  private final List<Ticket> tickets = new ArrayList<>();
  private final List<String> echoes = new ArrayList<>();
  private final List<Long> timers = new ArrayList<>();
  private final TreeMap<Integer, Generation> done = new TreeMap<>();
  private final SseWriter sse;
  private volatile boolean over; // nothing more is taken from the queue; lanes look at it too
  private boolean preparing = true; // a lane still works for it, or will
  private boolean settled; // the response has ended

  /**
   * @param ended takes back what the request holds; told once, when no work for it is left
   */
  TextCall(
      TextCalls.Surroundings around,
      String client,
      HttpServerResponse response,
      TextRequest request,
      Consumer<TextCall> ended,
      AnswerWriter writer,
      ServerMetrics.Timing timing) {
    this.around = around;
    this.origin = new Origin(client, this);
    this.context = around.vertx().getOrCreateContext();
    this.response = response;
    this.request = request;
    this.ended = ended;
    this.writer = writer;
    this.timing = timing;
    this.sse = new SseWriter(response, this::settle);
  }

  /** Watches the connection and the clock. */
  void open() {
    response.closeHandler(closed -> abandon());
    response.exceptionHandler(broken -> abandon());
    timers.add(
        around
            .vertx()
            .setTimer(
                around.timeoutSeconds() * 1000L, id -> fail(timeout(around.timeoutSeconds()))));
  }

  static ApiError timeout(int seconds) {
    return new ApiError(
        408,
        "timeout_error",
        "timeout",
        "",
        "The answer took longer than the " + seconds + " seconds that a request may take here.",
        0);
  }

  /** Whose turn work for it waits for. */
  Origin origin() {
    return origin;
  }

  /** Whether nothing is to be done for it any more; any thread may ask. */
  boolean isOver() {
    return over;
  }

  /** Hears from a lane that the prompts are tokens by now. */
  void prepared(PromptTokens.Prepared prepared) {
    context.runOnContext(
        now -> {
          endOfPreparation();
          if (!over) {
            submit(prepared.requests(), prepared.echoes());
          }
        });
  }

  /** Hears that the request cannot be prepared; any thread may tell. */
  void unprepared(ApiError error) {
    context.runOnContext(
        now -> {
          endOfPreparation();
          fail(error);
        });
  }

  private void endOfPreparation() {
    preparing = false;
    releaseWhenDone();
  }

  /** Gives the prompts to the queue. */
  private void submit(List<GenerationRequest> requests, List<String> echo) {
    echoes.addAll(echo);
    try {
      for (int i = 0; i < requests.size(); i++) {
        tickets.add(around.queue().submit(requests.get(i), origin, new Ear(i)));
      }
    } catch (UserInputException e) {
      fail(ApiError.invalid("prompt", String.valueOf(e.getMessage())));
      return;
    } catch (RejectedExecutionException e) {
      fail(ApiError.unavailable("shutting_down", "The server is shutting down.", 1));
      return;
    }
    if (request.stream()) {
      sse.begin();
      writer.begin(sse, echo);
      sse.flush();
      timers.add(around.vertx().setPeriodic(PING_MILLIS, id -> sse.ping()));
    }
  }

  /** Hears one answer, on the queue's thread. */
  private final class Ear implements GenerationListener {
    private final int index;
    private final HeldText held;

    Ear(int index) {
      this.index = index;
      this.held = HeldText.of(request.tools(), around.texts());
    }

    @Override
    public void token(GeneratedToken token) {
      timing.token();
      GeneratedToken shown = held.shown(token);
      boolean seen = (request.logprobs() && !held.ofCall()) || !shown.text().isEmpty();
      if (request.stream() && seen) {
        around.relay().hear(TextCall.this, () -> piece(index, shown));
      }
    }

    @Override
    public void finished(String rest, Generation generation) {
      String left = held.rest() + rest;
      around.relay().hearEnd(TextCall.this, () -> finish(index, left, generation));
    }
  }

  /** Does what the queue's news ask for. */
  void react(Runnable action) {
    if (over) {
      return;
    }
    try {
      action.run();
    } catch (RuntimeException e) {
      fail(Routes.error(e));
    }
  }

  /** Sends what has been added to a stream. */
  void flush() {
    if (request.stream() && !over) {
      sse.flush();
    }
  }

  private void piece(int index, GeneratedToken token) {
    writer.piece(sse, index, token);
  }

  private void finish(int index, String rest, Generation generation) {
    if (generation.finishReason() == FinishReason.CONSTRAINT) {
      fail(ApiError.invalid(request.formField(), generation.error()));
    } else if (generation.finishReason() == FinishReason.ERROR) {
      fail(ApiError.server("Generation failed: the model gave nothing that can be used."));
    } else if (generation.finishReason() == FinishReason.TIMEOUT) {
      fail(timeout(around.timeoutSeconds()));
    } else if (generation.finishReason() == FinishReason.CANCELLED) {
      fail(ApiError.unavailable("shutting_down", "The server is shutting down.", 1));
    } else {
      done.put(index, generation);
      if (request.stream()) {
        writer.finish(sse, index, rest, generation);
      }
      if (done.size() == request.answers()) {
        complete();
      }
    }
  }

  private void complete() {
    over = true;
    timing.completed(done.values());
    if (request.stream()) {
      writer.end(sse, done);
      sse.end();
    } else {
      Replies.json(response, 200, writer.whole(done, echoes)).onComplete(written -> settle());
    }
  }

  /** Ends the response with an error; nothing happens if it has ended. */
  void fail(ApiError error) {
    if (settled) {
      return;
    }
    if (!over) {
      over = true;
      tickets.forEach(Ticket::cancel);
      timing.ended(error.status());
      if (request.stream() && response.headWritten()) {
        writer.fail(sse, error);
        sse.end();
      } else {
        Replies.error(response, error).onComplete(written -> settle());
      }
    }
    if (!settled) {
      // A reader who takes nothing is not waited for.
      timers.add(around.vertx().setTimer(GRACE_MILLIS, id -> close()));
    }
  }

  /** Runs {@link #fail} on this call's event loop. */
  void failSoon(ApiError error) {
    context.runOnContext(now -> fail(error));
  }

  private void close() {
    if (!settled) {
      abandon();
      response.reset();
    }
  }

  /** The client has gone. */
  private void abandon() {
    if (!over) {
      over = true;
      tickets.forEach(Ticket::cancel);
      timing.cancelled();
    }
    sse.abandon();
    settle();
  }

  private void settle() {
    if (!settled) {
      settled = true;
      timers.forEach(around.vertx()::cancelTimer);
      releaseWhenDone();
    }
  }

  private void releaseWhenDone() {
    if (settled && !preparing) {
      ended.accept(this);
    }
  }
}
