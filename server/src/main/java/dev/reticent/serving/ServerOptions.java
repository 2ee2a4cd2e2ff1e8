package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.constraint.SchemaRules;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a server listens and what it allows.
 *
 * @param host an address or name of this machine; other machines reach it only if this is not
 *     loopback, which asks for a key
 * @param port 0 for any free one
 * @param apiKey what every path but {@code /health} asks for
 * @param allowedHosts names that a {@code Host} header may have besides localhost and addresses
 * @param ui whether there is a page at {@code /}
 * @param mostAnswers how many answers may be under way or waiting; beyond that clients get 429
 * @param maxBodyBytes the longest request
 * @param requestTimeoutSeconds how long a request may take in all
 * @param shutdownTimeoutSeconds how long {@link SamplingServer#close} lets answers finish
 * @param keptResponses how many conversations are kept in memory for {@code previous_response_id},
 *     the latest ones; 0 keeps none
 * @param adminKey what loading and unloading adapters asks for; empty where nobody may
 * @param schemas how schemas of requests are read
 */
public record ServerOptions(
    String host,
    int port,
    Optional<ApiKey> apiKey,
    List<String> allowedHosts,
    boolean ui,
    int mostAnswers,
    int maxBodyBytes,
    int requestTimeoutSeconds,
    int shutdownTimeoutSeconds,
    int keptResponses,
    Optional<ApiKey> adminKey,
    SchemaRules schemas) {

  /** Port 8080 of this machine only, no key, with the page. */
  public static final ServerOptions STANDARD =
      new ServerOptions(
          "127.0.0.1",
          8080,
          Optional.empty(),
          List.of(),
          true,
          256,
          1 << 20,
          600,
          30,
          0,
          Optional.empty(),
          SchemaRules.STANDARD);

  /**
   * @throws UserInputException if other machines would reach the server without a key, or a number
   *     is out of range
   */
  public ServerOptions {
    allowedHosts = List.copyOf(allowedHosts);
    check(port >= 0 && port <= 65535, "port", port, "from 0 (any free one) to 65535");
    check(mostAnswers >= 1, "max_answers", mostAnswers, "of at least 1");
    check(maxBodyBytes >= 1024, "max_body_bytes", maxBodyBytes, "of at least 1024");
    check(requestTimeoutSeconds >= 1, "request_timeout_seconds", requestTimeoutSeconds, "above 0");
    check(
        shutdownTimeoutSeconds >= 0,
        "shutdown_timeout_seconds",
        shutdownTimeoutSeconds,
        "of at least 0");
    check(keptResponses >= 0, "kept_responses", keptResponses, "of at least 0");
    if (apiKey.isEmpty() && !isLoopback(host)) {
      throw new UserInputException(
          "host: "
              + host
              + " can be reached from other machines, so the server needs an API key: give"
              + " api_key_file or api_key_environment, or the host 127.0.0.1.");
    }
  }

  private static void check(boolean good, String name, int got, String range) {
    if (!good) {
      throw new UserInputException(name + ": found " + got + ", expected a number " + range + ".");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new UserInputException(
          "host: found '" + host + "', which is no address or name of this machine.", e);
    }
  }

  public ServerOptions withPort(int value) {
    return with(draft -> draft.port = value);
  }

  public ServerOptions withApiKey(ApiKey value) {
    return with(draft -> draft.apiKey = Optional.of(value));
  }

  public ServerOptions withMostAnswers(int value) {
    return with(draft -> draft.mostAnswers = value);
  }

  /** Sets how long a request may take, and how long closing lets answers finish. */
  public ServerOptions withTimeoutsSeconds(int request, int shutdown) {
    return with(
        draft -> {
          draft.requestTimeoutSeconds = request;
          draft.shutdownTimeoutSeconds = shutdown;
        });
  }

  public ServerOptions withoutPage() {
    return with(draft -> draft.ui = false);
  }

  /** Sets how many conversations are kept for {@code previous_response_id}. */
  public ServerOptions withKeptResponses(int value) {
    return with(draft -> draft.keptResponses = value);
  }

  /** Lets whoever shows the key load and unload adapters. */
  public ServerOptions withAdminKey(ApiKey value) {
    return with(draft -> draft.adminKey = Optional.of(value));
  }

  /** Sets how schemas of requests are read. */
  public ServerOptions withSchemas(SchemaRules value) {
    return with(draft -> draft.schemas = value);
  }

  private ServerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.made();
  }

  /** These options while one of them is changed. */
  private static final class Draft {
    private final ServerOptions from;
    private int port;
    private Optional<ApiKey> apiKey;
    private boolean ui;
    private int mostAnswers;
    private int requestTimeoutSeconds;
    private int shutdownTimeoutSeconds;
    private int keptResponses;
    private Optional<ApiKey> adminKey;
    private SchemaRules schemas;

    Draft(ServerOptions from) {
      this.from = from;
      port = from.port;
      apiKey = from.apiKey;
      ui = from.ui;
      mostAnswers = from.mostAnswers;
      requestTimeoutSeconds = from.requestTimeoutSeconds;
      shutdownTimeoutSeconds = from.shutdownTimeoutSeconds;
      keptResponses = from.keptResponses;
      adminKey = from.adminKey;
      schemas = from.schemas;
    }

    ServerOptions made() {
      return new ServerOptions(
          from.host,
          port,
          apiKey,
          from.allowedHosts,
          ui,
          mostAnswers,
          from.maxBodyBytes,
          requestTimeoutSeconds,
          shutdownTimeoutSeconds,
          keptResponses,
          adminKey,
          schemas);
    }
  }
}
