package dev.reticent.evaluation.judge;

import dev.reticent.api.Internal;
import dev.reticent.settings.SectionBuilder;
import java.nio.file.Path;

/** Who judges and how it is asked, in code; {@link JudgeSettings} is what comes of it. */
public final class JudgeBuilder extends SectionBuilder<JudgeBuilder> {

  @Internal
  public JudgeBuilder(SectionBuilder<?> config) {
    super(config, "judge.");
  }

  /** {@code judge.provider}: who runs the judge. */
  public JudgeBuilder provider(JudgeSettings.Provider provider) {
    return set("provider", provider);
  }

  /** {@code judge.base_url}: where it is. */
  public JudgeBuilder baseUrl(String url) {
    return set("base_url", url);
  }

  /** {@code judge.model}: the model; the deployment on Azure, the endpoint on Databricks. */
  public JudgeBuilder model(String name) {
    return set("model", name);
  }

  /** {@code judge.api_version}: Azure's. */
  public JudgeBuilder apiVersion(String version) {
    return set("api_version", version);
  }

  /** {@code judge.api_key_env}: the environment variable with the key. */
  public JudgeBuilder apiKeyEnvironment(String variable) {
    return set("api_key_env", variable);
  }

  /** {@code judge.api_key_file}: a file that holds the key. */
  public JudgeBuilder apiKeyFile(Path file) {
    return set("api_key_file", file);
  }

  /** {@code judge.mode}: how the judge is asked and read. */
  public JudgeBuilder mode(Mode mode) {
    return set("mode", mode.key());
  }

  /** {@code judge.send_temperature}: whether temperature and top_p are sent. */
  public JudgeBuilder sendTemperature(boolean on) {
    return set("send_temperature", on);
  }

  /** {@code judge.temperature}: 0 for the judge's likeliest reply. */
  public JudgeBuilder temperature(double temperature) {
    return set("temperature", temperature);
  }

  /** {@code judge.top_p}: only the likeliest tokens that make up this probability. */
  public JudgeBuilder topP(double probability) {
    return set("top_p", probability);
  }

  /** {@code judge.seed}: sent when given. */
  public JudgeBuilder seed(long seed) {
    return set("seed", seed);
  }

  /** {@code judge.max_tokens}: the longest reply. */
  public JudgeBuilder maxTokens(int tokens) {
    return set("max_tokens", tokens);
  }

  /** {@code judge.token_limit_name}: {@code max_tokens} or {@code max_completion_tokens}. */
  public JudgeBuilder tokenLimitName(String name) {
    return set("token_limit_name", name);
  }

  /** {@code judge.json_schema}: whether strict mode demands its JSON by a schema. */
  public JudgeBuilder jsonSchema(boolean on) {
    return set("json_schema", on);
  }

  /** {@code judge.repeats}: how often each answer is graded. */
  public JudgeBuilder repeats(int times) {
    return set("repeats", times);
  }

  /** {@code judge.max_workers}: requests under way at a time. */
  public JudgeBuilder maxWorkers(int requests) {
    return set("max_workers", requests);
  }

  /** {@code judge.timeout_seconds}: of one request. */
  public JudgeBuilder timeoutSeconds(int seconds) {
    return set("timeout_seconds", seconds);
  }

  /** {@code judge.max_attempts}: how often a request is sent at most. */
  public JudgeBuilder maxAttempts(int times) {
    return set("max_attempts", times);
  }

  /** {@code judge.requests_per_minute}: at most; 0 for no limit. */
  public JudgeBuilder requestsPerMinute(double requests) {
    return set("requests_per_minute", requests);
  }

  /** {@code judge.tokens_per_minute}: at most; 0 for no limit. */
  public JudgeBuilder tokensPerMinute(double tokens) {
    return set("tokens_per_minute", tokens);
  }

  /** {@code judge.price_per_million_prompt_tokens}: in any currency. */
  public JudgeBuilder promptPrice(double price) {
    return set("price_per_million_prompt_tokens", price);
  }

  /** {@code judge.price_per_million_completion_tokens}: in the same currency. */
  public JudgeBuilder completionPrice(double price) {
    return set("price_per_million_completion_tokens", price);
  }

  /** {@code judge.max_cost}: a cap on the cost of a run; needs both prices. */
  public JudgeBuilder maxCost(double cost) {
    return set("max_cost", cost);
  }

  /** {@code judge.private_rows}: {@code withhold}, or {@link JudgeSettings#CONSENT}. */
  public JudgeBuilder privateRows(String words) {
    return set("private_rows", words);
  }
}
