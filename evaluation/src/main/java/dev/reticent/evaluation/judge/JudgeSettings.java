package dev.reticent.evaluation.judge;

import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Who judges, how it is asked, and what it may cost.
 *
 * @param baseUrl without a slash at its end
 * @param apiVersion Azure's, sent with each request
 * @param temperature empty when it is not sent
 * @param newTokenLimit whether the limit is sent as max_completion_tokens
 * @param jsonSchema whether strict mode demands JSON by a schema
 * @param maxAttempts of each request
 * @param requestsPerMinute 0 for no limit
 * @param promptPrice of a million tokens
 * @param sendsPrivateRows whether the user accepted, in words, that private rows leave the machine
 */
public record JudgeSettings(
    Provider provider,
    String baseUrl,
    String model,
    String apiVersion,
    EndpointKey key,
    Mode mode,
    Optional<Double> temperature,
    Optional<Double> topP,
    Optional<Long> seed,
    int maxTokens,
    boolean newTokenLimit,
    boolean jsonSchema,
    int repeats,
    int maxWorkers,
    int timeoutSeconds,
    int maxAttempts,
    double requestsPerMinute,
    double tokensPerMinute,
    double promptPrice,
    double completionPrice,
    OptionalDouble maxCost,
    boolean sendsPrivateRows) {

  /** Who runs the judge. */
  public enum Provider {
    /** OpenAI, or any server of its protocol at {@code base_url}. */
    OPENAI,
    /** Azure OpenAI: the model is the name of a deployment. */
    AZURE,
    /** A serving endpoint of a Databricks workspace: the model is the endpoint's name. */
    DATABRICKS,
    /** No judge at all: a rule on this machine. */
    STAND_IN
  }

  /** What a user writes to let private rows go. */
  public static final String CONSENT = "i accept that private rows leave this machine";

  private static final String OPENAI_URL = "https://api.openai.com/v1";

  /** Settings by their names, such as {@code model}. */
  public static JudgeSettings of(Config config) {
    return config.as(JudgeSettings::read);
  }

  /** Declares and reads the keys of a section {@code judge}. */
  public static JudgeSettings read(Section section) {
    Provider provider =
        section
            .choice("provider", Provider.class)
            .describedAs(
                """
                `openai` for OpenAI and whatever speaks its protocol at `base_url`; `azure`;
                `databricks` for a serving endpoint; `stand_in` for a rule on this machine in place
                of a judge, which every report says.\
                """)
            .orElse(Provider.OPENAI);
    Optional<String> url =
        section
            .text("base_url")
            .limited("that starts with http:// or https://", u -> u.matches("https?://.+"))
            .describedAs(
                """
                Where the judge is: OpenAI when not given. For `azure` the resource
                (https://NAME.openai.azure.com), for `databricks` the workspace.\
                """)
            .optional();
    boolean needsUrl = provider == Provider.AZURE || provider == Provider.DATABRICKS;
    section.check(
        url.isPresent() || !needsUrl, "missing; this provider needs its address", "base_url");
    String model =
        section
            .text("model")
            .describedAs("The model; the deployment on Azure, the endpoint on Databricks.")
            .orElse("gpt-4");
    String apiVersion =
        section.text("api_version").describedAs("Azure's API version.").orElse("2024-10-21");
    EndpointKey key = key(section, provider);
    Mode mode =
        section
            .choice("mode", modes())
            .describedAs(
                """
                `strict`: JSON output, judged texts fenced, the range enforced. `mlflow-v1`: one
                message, two examples, two lines, as MLflow's metrics of version v1 ask.\
                """)
            .orElse(Mode.STRICT);
    ReplySampling sampling = ReplySampling.read(section);
    Limits limits = Limits.read(section);
    boolean sends =
        section
            .choice("private_rows", privateRows())
            .describedAs(
                """
                What becomes of rows marked private when the judge is not on this machine
                (localhost): they are withheld, and counted as skipped.\
                """)
            .orElse(false);
    return new JudgeSettings(
        provider,
        address(provider, url),
        provider == Provider.STAND_IN ? StandInJudge.MODEL : model,
        apiVersion,
        key,
        mode,
        sampling.temperature(),
        sampling.topP(),
        sampling.seed(),
        sampling.maxTokens().orElse(mode == Mode.STRICT ? 1024 : 200),
        sampling.newTokenLimit(),
        sampling.jsonSchema(),
        sampling.repeats(),
        limits.workers(),
        limits.timeoutSeconds(),
        limits.attempts(),
        limits.requestsPerMinute(),
        limits.tokensPerMinute(),
        limits.promptPrice(),
        limits.completionPrice(),
        limits.maxCost().map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        sends);
  }

  private static Map<String, Mode> modes() {
    Map<String, Mode> modes = new LinkedHashMap<>();
    for (Mode mode : Mode.values()) {
      modes.put(mode.key(), mode);
    }
    return modes;
  }

  private static Map<String, Boolean> privateRows() {
    Map<String, Boolean> choices = new LinkedHashMap<>();
    choices.put("withhold", false);
    choices.put(CONSENT, true);
    return choices;
  }

  private static EndpointKey key(Section section, Provider provider) {
    Optional<String> name =
        section
            .text("api_key_env")
            .describedAs(
                """
                The environment variable with the key; OPENAI_API_KEY, AZURE_OPENAI_API_KEY or
                DATABRICKS_TOKEN when not given. The key itself is written and logged nowhere.\
                """)
            .optional();
    Optional<Path> file =
        section.path("api_key_file").describedAs("A file that holds the key.").optional();
    section.check(
        name.isEmpty() || file.isEmpty(), "given beside api_key_env; remove one", "api_key_file");
    if (file.isPresent()) {
      try {
        return new EndpointKey(Files.readString(file.get()));
      } catch (IOException e) {
        throw new UserInputException(
            "judge.api_key_file: " + file.get() + " cannot be read: " + e.getMessage(), e);
      }
    }
    String preset =
        switch (provider) {
          case OPENAI -> "OPENAI_API_KEY";
          case AZURE -> "AZURE_OPENAI_API_KEY";
          case DATABRICKS -> "DATABRICKS_TOKEN";
          case STAND_IN -> "";
        };
    String variable = name.orElse(preset);
    String value = variable.isEmpty() ? null : System.getenv(variable);
    return value == null ? EndpointKey.none() : new EndpointKey(value);
  }

  private static String address(Provider provider, Optional<String> url) {
    String given = url.orElse(OPENAI_URL).replaceFirst("/+$", "");
    return switch (provider) {
      case OPENAI, AZURE -> given;
      case DATABRICKS ->
          given.endsWith("/serving-endpoints") ? given : given + "/serving-endpoints";
      case STAND_IN -> "http://127.0.0.1";
    };
  }

  /** The host that is asked. */
  public String host() {
    String host = URI.create(baseUrl).getHost();
    return host == null ? baseUrl : host;
  }

  /** Whether the judge is elsewhere than on this machine. */
  public boolean isOutside() {
    String host = host().toLowerCase(Locale.ROOT);
    return !(host.equals("localhost")
        || host.matches("127(\\.\\d{1,3}){3}")
        || host.equals("[::1]")
        || host.equals("::1"));
  }

  /** Whether private rows must not be sent. */
  boolean withholdsPrivateRows() {
    return isOutside() && !sendsPrivateRows;
  }

  /** The second part of metrics' names: MLflow's {@code v1}, or ours. */
  public String metricVersion() {
    return mode == Mode.MLFLOW_V1 ? "v1" : "strict";
  }

  /** What a reply depends on besides the prompt. */
  public String inOneLine() {
    return String.join(
        " ",
        baseUrl,
        model,
        mode.key(),
        "temperature=" + temperature.map(String::valueOf).orElse("-"),
        "top_p=" + topP.map(String::valueOf).orElse("-"),
        "seed=" + seed.map(String::valueOf).orElse("-"),
        "max_tokens=" + maxTokens,
        "json_schema=" + jsonSchema);
  }
}
