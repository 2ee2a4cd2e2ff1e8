package dev.reticent.serving;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * The bodies of requests that are being read or answered: together they take no more than a part of
 * the heap, decided before a body is read. Lives on the event loop.
 */
final class Bodies {
  private final long most;
  private final int largest;
  private long held;

  /**
   * @param most bytes of all bodies together
   * @param largest bytes of one, which is what a body of unknown length counts for
   */
  Bodies(long most, int largest) {
    this.most = Math.max(most, largest);
    this.largest = largest;
  }

  /** An eighth of the heap. */
  static Bodies ofHeap(int largest) {
    return new Bodies(Runtime.getRuntime().maxMemory() / 8, largest);
  }

  long held() {
    return held;
  }

  /** Lets a body in, or throws 429. */
  void admit(RoutingContext routing) {
    if (!routing.request().method().equals(HttpMethod.POST)) {
      routing.next();
      return;
    }
    long size = size(routing.request());
    if (held + size > most) {
      throw new ApiException(
          ApiError.overloaded("Too many long requests are being read: try again later."));
    }
    held += size;
    routing.addEndHandler(ended -> held -= size);
    routing.next();
  }

  private long size(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader("Content-Length"))
        .filter(length -> length.matches("\\d{1,9}"))
        .map(Long::parseLong)
        .map(length -> Math.min(length, largest))
        .orElse((long) largest);
  }
}
