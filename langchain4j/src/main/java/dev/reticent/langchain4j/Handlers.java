package dev.reticent.langchain4j;

import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.Ticket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Calls an application's handlers on threads of their own: they may take their time, and the thread
 * that computes for everybody may not. The calls to one handler follow each other.
 */
final class Handlers implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "reticent-handler");
            thread.setDaemon(true);
            return thread;
          });

  Told told(StreamingChatResponseHandler handler) {
    return new Told(handler);
  }

  /** Lets the calls that are due be made, and takes no more. */
  @Override
  public void close() {
    threads.shutdown();
  }

  /** One answer, and whom it is told. */
  final class Told implements GenerationListener, StreamingHandle {
    private final StreamingChatResponseHandler handler;
    private final PartialResponseContext context = new PartialResponseContext(this);
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private volatile boolean cancelled;
    private volatile Ticket ticket = () -> {};

    private Told(StreamingChatResponseHandler handler) {
      this.handler = handler;
    }

    void cancelWith(Ticket value) {
      ticket = value;
      if (cancelled) {
        value.cancel();
      }
    }

    @Override
    public void token(GeneratedToken token) {
      piece(token.text());
    }

    @Override
    public void finished(String rest, Generation generation) {
      piece(rest);
      call(() -> handler.onCompleteResponse(Answers.response(generation)));
    }

    private void piece(String text) {
      if (!text.isEmpty()) {
        call(() -> handler.onPartialResponse(new PartialResponse(text), context));
      }
    }

    /** After all earlier calls; nothing more is told once the application has cancelled. */
    private void call(Runnable action) {
      last =
          last.thenRunAsync(
              () -> {
                try {
                  if (!cancelled) {
                    action.run();
                  }
                } catch (RuntimeException e) {
                  handler.onError(e);
                }
              },
              threads);
    }

    @Override
    public void cancel() {
      cancelled = true;
      ticket.cancel();
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }
}
