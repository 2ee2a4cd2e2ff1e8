package dev.reticent.serving;

import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.constraint.SchemaRules;
import dev.reticent.decoding.AdapterRoom;
import dev.reticent.sampling.QueueOptions;
import dev.reticent.settings.ModelSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All settings of the sampling server.
 *
 * @param model its name is empty when the first adapter's run says it
 * @param modelName what the base model is called over HTTP; empty for its own name
 * @param adaptersRoot the folder in which adapters are
 * @param adapters names of folders there, which are also their names over HTTP
 */
public record ServeConfig(
    ModelSettings model,
    Optional<String> modelName,
    Path adaptersRoot,
    List<String> adapters,
    Serving serving) {

  /**
   * The server.
   *
   * @param apiKeyEnvironment the name of a variable of the environment
   * @param maxRunning answers generated at a time
   * @param maxAnswers answers under way and waiting
   * @param cacheTokens tokens whose keys and values are held; empty for every running answer's
   *     whole context
   * @param lookupTokens tokens guessed ahead where a text repeats itself, which changes no answer
   * @param threads cores that compute; empty for what suits the model
   */
  public record Serving(
      String host,
      int port,
      Optional<Path> apiKeyFile,
      Optional<String> apiKeyEnvironment,
      List<String> allowedHosts,
      boolean ui,
      int maxRunning,
      int maxAnswers,
      int contextTokens,
      Optional<Integer> cacheTokens,
      int lookupTokens,
      Optional<Integer> threads,
      int maxBodyBytes,
      int requestTimeoutSeconds,
      int shutdownTimeoutSeconds,
      int keptResponses,
      Optional<Path> adminKeyFile,
      int adapterSlots,
      int adapterRank,
      SchemaRules schemas) {
    public Serving {
      allowedHosts = List.copyOf(allowedHosts);
    }

    /** Reads the key, which the config itself never holds. */
    public ServerOptions options() {
      Optional<ApiKey> key =
          apiKeyFile.map(ApiKey::fromFile).or(() -> apiKeyEnvironment.map(ApiKey::fromEnvironment));
      return new ServerOptions(
          host,
          port,
          key,
          allowedHosts,
          ui,
          maxAnswers,
          maxBodyBytes,
          requestTimeoutSeconds,
          shutdownTimeoutSeconds,
          keptResponses,
          adminKeyFile.map(ApiKey::fromFile),
          schemas);
    }

    /** Room for adapters that are loaded by request. */
    AdapterRoom room() {
      return adminKeyFile.isPresent()
          ? new AdapterRoom(adapterSlots, adapterRank)
          : AdapterRoom.NONE;
    }
  }

  public ServeConfig {
    adapters = List.copyOf(adapters);
  }

  /**
   * @throws dev.reticent.config.UserInputException naming every problem with its place
   */
  public static ServeConfig of(Config config) {
    return config.as(ServeConfig::read);
  }

  /** Settings made in code. */
  public static ServeBuilder builder() {
    return new ServeBuilder();
  }

  public static ServeConfig read(Section section) {
    ModelSettings model = ModelSettings.read(section);
    Optional<String> modelName =
        section
            .text("model_name")
            .describedAs("What clients call the base model; else the last part of its name.")
            .optional();
    Path root =
        section
            .path("adapters_root")
            .describedAs("The folder that holds the adapters; nothing outside it is ever opened.")
            .orElse(Path.of("runs"));
    List<String> adapters =
        section
            .texts("adapters")
            .describedAs(
                """
                Runs of `finetune`, or PEFT adapters: names of folders in `adapters_root`, by which
                clients choose them.\
                """)
            .orElse(List.of());
    section.check(
        model.given() || !adapters.isEmpty(),
        "missing; name a model, or adapters whose run says theirs",
        "foundation_model_name",
        "adapters");
    return new ServeConfig(
        model,
        modelName,
        root,
        adapters,
        section.section("serving", "The server itself.", ServeConfig::serving));
  }

  private static Serving serving(Section section) {
    ServerOptions preset = ServerOptions.STANDARD;
    String host =
        section
            .text("host")
            .describedAs(
                """
                The address to listen on. Any but this machine's own (loopback) can be reached by
                others and asks for an API key.\
                """)
            .orElse(preset.host());
    int port =
        section
            .integer("port")
            .atLeast(0)
            .atMost(65535)
            .describedAs("The port; 0 for any free one.")
            .orElse(preset.port());
    Optional<Path> keyFile =
        section
            .path("api_key_file")
            .describedAs("A file whose only line is the API key that clients must show.")
            .optional();
    Optional<String> keyVariable =
        section
            .text("api_key_environment")
            .describedAs("The name of an environment variable with the API key.")
            .optional();
    section.check(
        keyFile.isEmpty() || keyVariable.isEmpty(),
        "api_key_file is given too; give one of them",
        "api_key_environment",
        "api_key_file");
    return new Serving(
        host,
        port,
        keyFile,
        keyVariable,
        section
            .texts("allowed_hosts")
            .describedAs(
                """
                Names under which clients may address the server, besides localhost and
                addresses; others are refused, which stops DNS rebinding.\
                """)
            .orElse(List.of()),
        section
            .flag("ui")
            .describedAs("Whether there is a page at `/` to try models on.")
            .orElse(preset.ui()),
        section
            .integer("max_running")
            .atLeast(1)
            .describedAs("Answers generated at a time; never changes an answer.")
            .orElse(16),
        section
            .integer("max_answers")
            .atLeast(1)
            .describedAs("Answers under way and waiting; more are told to come back (429).")
            .orElse(preset.mostAnswers()),
        section
            .integer("context_tokens")
            .atLeast(2)
            .describedAs(
                "The most tokens of a prompt and its answer, within what the model can take.")
            .orElse(2048),
        section
            .integer("cache_tokens")
            .atLeast(2)
            .describedAs(
                """
                For how many tokens keys and values are kept; `max_running` times the context
                unless given. Less saves memory, and answers wait for room.\
                """)
            .optional(),
        section
            .integer("lookup_tokens")
            .atLeast(0)
            .atMost(QueueOptions.MOST_LOOKUP_TOKENS)
            .describedAs(
                """
                Where an answer repeats its prompt or itself, this many tokens at most are guessed
                from what stood there and checked in one step; never changes an answer. For few
                answers at a time.\
                """)
            .orElse(0),
        section
            .integer("threads")
            .atLeast(1)
            .describedAs(
                """
                How many cores compute. Unless given one for models of less than 50 million
                weights, whose steps are too short to be shared out, else all.\
                """)
            .optional(),
        section
            .integer("max_body_bytes")
            .atLeast(1024)
            .describedAs("The longest request.")
            .orElse(preset.maxBodyBytes()),
        section
            .integer("request_timeout_seconds")
            .atLeast(1)
            .describedAs("How long a request may take in all.")
            .orElse(preset.requestTimeoutSeconds()),
        section
            .integer("shutdown_timeout_seconds")
            .atLeast(0)
            .describedAs("How long answers may go on when the server is told to stop.")
            .orElse(preset.shutdownTimeoutSeconds()),
        section
            .integer("kept_responses")
            .atLeast(0)
            .describedAs(
                """
                How many conversations of `/v1/responses` are kept in memory for
                `previous_response_id`, the latest ones. None unless given.\
                """)
            .orElse(preset.keptResponses()),
        section
            .path("admin_key_file")
            .describedAs(
                """
                A file whose only line is the key for loading and unloading adapters by request;
                without it nobody may.\
                """)
            .optional(),
        section
            .integer("adapter_slots")
            .atLeast(1)
            .describedAs("How many adapters loaded by request there may be at a time.")
            .orElse(4),
        section
            .integer("adapter_rank")
            .atLeast(1)
            .describedAs(
                """
                The highest rank of an adapter loaded by request. Every token pays for slots times
                rank.\
                """)
            .orElse(16),
        schemas(section));
  }

  private static SchemaRules schemas(Section section) {
    Map<String, String> known = new TreeMap<>();
    SchemaRules.STANDARD.assertedFormats().forEach(format -> known.put(format, format));
    return SchemaRules.STANDARD.withAssertedFormats(
        section
            .choices("asserted_formats", known)
            .describedAs(
                """
                Values of `format` in JSON schemas that texts must have; others are annotations.
                All that are known unless given, and with `[]` none.\
                """)
            .orElse(List.copyOf(known.keySet())));
  }
}
