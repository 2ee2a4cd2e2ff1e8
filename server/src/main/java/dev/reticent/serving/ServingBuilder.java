package dev.reticent.serving;

import dev.reticent.settings.SectionBuilder;
import java.nio.file.Path;
import java.util.List;

/** The server itself, in code; {@link ServeConfig.Serving} is what comes of it. */
public final class ServingBuilder extends SectionBuilder<ServingBuilder> {

  ServingBuilder(SectionBuilder<?> config) {
    super(config, "serving.");
  }

  /** {@code serving.host}: the address to listen on. */
  public ServingBuilder host(String address) {
    return set("host", address);
  }

  /** {@code serving.port}: 0 for any free one. */
  public ServingBuilder port(int port) {
    return set("port", port);
  }

  /** {@code serving.api_key_file}: a file whose only line is the key that clients must show. */
  public ServingBuilder apiKeyFile(Path file) {
    return set("api_key_file", file);
  }

  /** {@code serving.api_key_environment}: the environment variable with that key. */
  public ServingBuilder apiKeyEnvironment(String variable) {
    return set("api_key_environment", variable);
  }

  /** {@code serving.allowed_hosts}: names under which clients may address the server. */
  public ServingBuilder allowedHosts(List<String> names) {
    return set("allowed_hosts", names);
  }

  /** {@code serving.ui}: whether there is a page to try models on. */
  public ServingBuilder ui(boolean on) {
    return set("ui", on);
  }

  /** {@code serving.max_running}: answers generated at a time. */
  public ServingBuilder maxRunning(int answers) {
    return set("max_running", answers);
  }

  /** {@code serving.max_answers}: answers under way and waiting. */
  public ServingBuilder maxAnswers(int answers) {
    return set("max_answers", answers);
  }

  /** {@code serving.context_tokens}: the most tokens of a prompt and its answer. */
  public ServingBuilder contextTokens(int tokens) {
    return set("context_tokens", tokens);
  }

  /** {@code serving.cache_tokens}: for how many tokens keys and values are kept. */
  public ServingBuilder cacheTokens(int tokens) {
    return set("cache_tokens", tokens);
  }

  /** {@code serving.lookup_tokens}: how many are guessed ahead where a text repeats itself. */
  public ServingBuilder lookupTokens(int tokens) {
    return set("lookup_tokens", tokens);
  }

  /** {@code serving.threads}: how many cores compute. */
  public ServingBuilder threads(int cores) {
    return set("threads", cores);
  }

  /** {@code serving.max_body_bytes}: the longest request. */
  public ServingBuilder maxBodyBytes(int bytes) {
    return set("max_body_bytes", bytes);
  }

  /** {@code serving.request_timeout_seconds}: how long a request may take. */
  public ServingBuilder requestTimeoutSeconds(int seconds) {
    return set("request_timeout_seconds", seconds);
  }

  /** {@code serving.shutdown_timeout_seconds}: how long answers may go on at the end. */
  public ServingBuilder shutdownTimeoutSeconds(int seconds) {
    return set("shutdown_timeout_seconds", seconds);
  }

  /** {@code serving.kept_responses}: how many are kept in memory. */
  public ServingBuilder keptResponses(int conversations) {
    return set("kept_responses", conversations);
  }

  /** {@code serving.admin_key_file}: a file with the key for loading and unloading adapters. */
  public ServingBuilder adminKeyFile(Path file) {
    return set("admin_key_file", file);
  }

  /** {@code serving.adapter_slots}: how many loaded by request there may be at a time. */
  public ServingBuilder adapterSlots(int adapters) {
    return set("adapter_slots", adapters);
  }

  /** {@code serving.adapter_rank}: the highest rank of these. */
  public ServingBuilder adapterRank(int rank) {
    return set("adapter_rank", rank);
  }

  /** {@code serving.asserted_formats}: names of schemas' formats that texts must keep to. */
  public ServingBuilder assertedFormats(List<String> formats) {
    return set("asserted_formats", formats);
  }
}
