package dev.reticent.serving;

import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Whether every reader takes a request for the same: where its body ends, and whom it is for. A
 * proxy before the server may read what is unclear otherwise than the server does.
 */
final class Framing {
  private Framing() {}

  static boolean isClear(HttpServerRequest request) {
    List<String> encodings = request.headers().getAll("Transfer-Encoding");
    List<String> lengths = request.headers().getAll("Content-Length");
    boolean chunked = encodings.size() == 1 && encodings.get(0).equalsIgnoreCase("chunked");
    boolean oneEnd = encodings.isEmpty() ? lengths.size() <= 1 : chunked && lengths.isEmpty();
    return oneEnd && request.headers().getAll("Host").size() <= 1 && isForOneHost(request);
  }

  /** Whether a target that is a whole URI names the host of the Host header. */
  private static boolean isForOneHost(HttpServerRequest request) {
    String target = request.uri();
    if (target.startsWith("/") || target.equals("*")) {
      return true;
    }
    try {
      String host = String.valueOf(request.getHeader("Host")).toLowerCase(Locale.ROOT);
      String named = String.valueOf(URI.create(target).getAuthority());
      return named.toLowerCase(Locale.ROOT).equals(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
