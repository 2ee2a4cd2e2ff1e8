package dev.reticent.serving;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Tells clients apart, so that they take turns: by their address, since all show the same key. A
 * network gives each machine as many addresses of IPv6 as it likes, so there the first half counts.
 */
final class Clients {
  private static final int NETWORK_BYTES = 8; // RFC 4291, section 2.5.4

  /** So much of a limit makes one more that is for clients that have nothing of it. */
  private static final int KEPT_FOR_OTHERS = 8;

  private Clients() {}

  /**
   * How far a client may go: an eighth beyond the limit when it has nothing yet, so that nobody
   * shuts out others by asking much.
   */
  static long room(long limit, boolean hasSome) {
    return hasSome ? limit : limit + limit / KEPT_FOR_OTHERS;
  }

  static String of(HttpServerRequest request) {
    SocketAddress address = request.remoteAddress();
    return address == null || address.hostAddress() == null ? "" : of(address.hostAddress());
  }

  /**
   * @param literal an address, never a name
   */
  static String of(String literal) {
    if (!literal.contains(":")) {
      return literal;
    }
    try {
      byte[] address = InetAddress.getByName(literal).getAddress();
      return address.length == NETWORK_BYTES * 2
          ? HexFormat.of().formatHex(Arrays.copyOf(address, NETWORK_BYTES))
          : InetAddress.getByAddress(address).getHostAddress(); // one of IPv4, written as IPv6
    } catch (UnknownHostException e) {
      return literal;
    }
  }
}
