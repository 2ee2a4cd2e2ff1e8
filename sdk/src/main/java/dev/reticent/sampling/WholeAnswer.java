package dev.reticent.sampling;

import dev.reticent.api.Internal;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for one answer on the thread that asks; the listener of its request. */
@Internal
public final class WholeAnswer implements GenerationListener {

  private final CompletableFuture<Generation> answer = new CompletableFuture<>();

  @Override
  public void finished(String rest, Generation generation) {
    answer.complete(generation);
  }

  /**
   * Waits until it is there. An interrupt ends the answer, and is still there when this throws.
   *
   * @param ticket that of the request
   * @throws CancellationException if the thread is interrupted
   */
  public Generation await(Ticket ticket) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      ticket.cancel();
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("interrupted while answering");
      cancelled.initCause(e);
      throw cancelled;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
