package dev.reticent.serving;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Stands before every route.
 *
 * <p>A web page that a user opens can make the browser talk to this machine. So {@code Host} must
 * be an address, localhost or an allowed name, which a page that rebinds its own name to us cannot
 * send; a request from another origin is refused; and bodies must be of type JSON, which no page
 * can post across origins without being allowed to, and none is.
 */
final class Guard {
  private static final String LITERAL =
      "\\d{1,3}(\\.\\d{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?";

  private static final int LONGEST_NAME = 253; // RFC 1035, as it is written

  private final Optional<ApiKey> key;
  private final Optional<ApiKey> adminKey;
  private final Set<String> allowedHosts;

  Guard(ServerOptions options) {
    this.key = options.apiKey();
    this.adminKey = options.adminKey();
    this.allowedHosts =
        options.allowedHosts().stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  void check(RoutingContext routing) {
    HttpServerRequest request = routing.request();
    routing
        .response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Referrer-Policy", "no-referrer");
    checkHost(request);
    checkOrigin(request);
    String path = String.valueOf(request.path());
    boolean admins = path.equals(AdapterRoutes.LOAD) || path.equals(AdapterRoutes.UNLOAD);
    Optional<ApiKey> asked = admins && adminKey.isPresent() ? adminKey : key;
    if (asked.isPresent() && !path.equals("/health")) {
      checkKey(asked.get(), request);
    }
    if (request.method().equals(HttpMethod.POST)) {
      checkType(request);
    }
    routing.next();
  }

  private void checkHost(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      throw new ApiException(ApiError.of(400, "host_missing", "The request has no Host header."));
    }
    if (!isOurs(authority.host().toLowerCase(Locale.ROOT))) {
      throw new ApiException(
          ApiError.of(
              403,
              "host_not_allowed",
              "The Host header names a host that this server does not answer for: use localhost or"
                  + " an address, or add the name to serving.allowed_hosts."));
    }
  }

  /** A host that is longer than any name is not looked at: the pattern would take its time. */
  private boolean isOurs(String host) {
    return host.length() <= LONGEST_NAME
        && (host.matches(LITERAL)
            || host.equals("localhost")
            || host.endsWith(".localhost")
            || allowedHosts.contains(host));
  }

  private static void checkOrigin(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    String host = request.getHeader("Host");
    if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
      throw new ApiException(
          ApiError.of(
              403, "origin_not_allowed", "Requests from pages of another origin are refused."));
    }
  }

  private static void checkKey(ApiKey key, HttpServerRequest request) {
    String shown = request.getHeader("Authorization");
    if (shown == null) {
      throw new ApiException(
          ApiError.of(
              401,
              "missing_api_key",
              "This server asks for an API key: Authorization: Bearer KEY."));
    }
    if (!key.isShownBy(shown)) {
      throw new ApiException(
          ApiError.of(401, "invalid_api_key", "The API key is not the one of this server."));
    }
  }

  private static void checkType(HttpServerRequest request) {
    String encoding = Optional.ofNullable(request.getHeader("Content-Encoding")).orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw new ApiException(
          ApiError.of(
              415,
              "unsupported_content_encoding",
              "The body has a Content-Encoding, which is not read here: send it uncompressed."));
    }
    String type = Optional.ofNullable(request.getHeader("Content-Type")).orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new ApiException(
          ApiError.of(
              415, "unsupported_media_type", "The body must have Content-Type: application/json."));
    }
  }
}
