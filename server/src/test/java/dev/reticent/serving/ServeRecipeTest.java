package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.privacy.disclosure.Answered;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeRecipeTest {
  @TempDir private Path folder;

  private Config config(String... adapters) {
    return Config.empty()
        .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
        .with("adapters_root", folder.resolve("runs").toString())
        .with("adapters", List.of(adapters))
        .with("serving.port", 0);
  }

  private Path adapter(Path at) throws IOException {
    Files.createDirectories(at);
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(Golden.folder("mistral-tiny").resolve("adapter").resolve(name), at.resolve(name));
    }
    return at;
  }

  private static JsonNode get(SamplingServer server, String path) throws Exception {
    URI uri = server.uri().resolve(path);
    return new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body());
  }

  private void refused(Config config, String message) {
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> ServeRecipe.of(config).start().close())
        .withMessageContaining(message);
  }

  @Test
  void anAdapterIsServedWithItsPrivacyStatement() throws Exception {
    Path run = adapter(folder.resolve("runs/one"));
    Files.writeString(
        run.resolve("privacy.json"),
        "{\"epsilon\": 2.5, \"delta\": 1e-5, \"unit\": \"user\", \"accountant\": \"rdp\"}");
    adapter(folder.resolve("runs/two"));
    try (SamplingServer server = ServeRecipe.of(config("one", "two")).start()) {
      JsonNode card = get(server, "v1/models/one");
      assertThat(card.fieldNames()).toIterable().allMatch(Answered::isField);
      assertThat(card.get("parent").asText()).isEqualTo("mistral-tiny");
      assertThat(card.get("privacy").get("epsilon").asDouble()).isEqualTo(2.5);
      assertThat(card.get("privacy").get("unit").asText()).isEqualTo("user");
      assertThat(get(server, "v1/models/two").has("privacy")).isFalse();
      assertThat(get(server, "v1/models").get("data")).hasSize(3);
    }
  }

  /** What a server says that has two words only, and the steps it took. */
  private record Said(List<String> choices, double steps) {}

  private Said said(int lookupTokens) {
    try (SamplingServer server =
        ServeRecipe.of(config().with("serving.lookup_tokens", lookupTokens)).start()) {
      Http http = new Http(server);
      List<String> choices = new ArrayList<>();
      for (int temperature = 0; temperature < 2; temperature++) {
        String ask =
            "{'model':'mistral-tiny','prompt':[%s],'max_tokens':60,'ignore_eos':true,'seed':4,'temperature':%d,'logit_bias':{'70':40,'71':40},'logprobs':3}"
                .formatted("70,71,71,".repeat(9) + "70,71,70", temperature);
        choices.add(http.ok(Http.COMPLETIONS, ask).get("choices").toString());
      }
      return new Said(choices, http.metric("reticent_steps_seconds_count"));
    }
  }

  @Test
  void guessingAheadTakesFewerStepsAndChangesNoByte() {
    Said plain = said(0);
    Said ahead = said(7);
    assertThat(ahead.choices()).isEqualTo(plain.choices());
    assertThat(ahead.steps()).isLessThan(plain.steps() * 0.8);
  }

  /** Earlier versions published a digest by which a row can be guessed. */
  @Test
  void aStatementWithADigestOfTheRowsIsNotServed() throws IOException {
    Path run = adapter(folder.resolve("runs/old"));
    Files.writeString(run.resolve("privacy.json"), "{\"epsilon\": 2.5, \"data\": \"abc\"}");
    refused(config("old"), "Delete the line \"data\"");
  }

  @Test
  void theModelOfTheFirstRunIsServedWhenNoneIsNamed() throws Exception {
    Path run = adapter(folder.resolve("runs/one"));
    refused(config("one").without("foundation_model_name"), "has no config.yaml");
    Files.writeString(
        run.resolve("config.yaml"),
        "foundation_model_name: %s\nlora: {}\ndataset: {train_file: x}\nprivacy: {target_epsilon: 1, delta: 1e-5}\nl2_norm_clip: 1\n"
            .formatted(Golden.folder("mistral-tiny")));
    try (SamplingServer server =
        ServeRecipe.of(
                config("one").without("foundation_model_name").with("model_name", "base-model"))
            .start()) {
      assertThat(get(server, "v1/models/one").get("parent").asText()).isEqualTo("base-model");
    }
  }

  @Test
  void linksOutOfTheRootAndNamesThatArePathsAreRefused() throws IOException {
    Path outside = adapter(folder.resolve("elsewhere"));
    Files.createDirectories(folder.resolve("runs"));
    Files.createSymbolicLink(folder.resolve("runs/link"), outside);
    refused(config("link"), "leads out of adapters_root");
    Path run = Files.createDirectories(folder.resolve("runs/parts"));
    Files.copy(outside.resolve("adapter_config.json"), run.resolve("adapter_config.json"));
    Files.createSymbolicLink(
        run.resolve("adapter_model.safetensors"), outside.resolve("adapter_model.safetensors"));
    refused(config("parts"), "leads out of adapters_root");
    refused(config("../elsewhere"), "model name");
    refused(config(".."), "model name");
    refused(config(outside.toString()), "model name");
    refused(config("missing"), "there is no folder 'missing'");
    Files.createSymbolicLink(folder.resolve("runs/inner"), adapter(folder.resolve("runs/real")));
    try (SamplingServer server = ServeRecipe.of(config("inner")).start()) {
      assertThat(server.port()).isPositive();
    }
  }

  @Test
  void twoModelsOfOneNameAreRefused() throws IOException {
    adapter(folder.resolve("runs/mistral-tiny"));
    refused(config("mistral-tiny"), "two models are called mistral-tiny");
  }

  @Test
  void theServersSettingsAreChecked() throws IOException {
    refused(config().with("serving.host", "0.0.0.0"), "API key");
    refused(config().with("serving.api_key_file", folder.resolve("none").toString()), "none");
    refused(
        config().with("serving.api_key_environment", "RETICENT_NO_SUCH_VARIABLE"),
        "RETICENT_NO_SUCH_VARIABLE");
    refused(
        config().with("serving.api_key_environment", "A").with("serving.api_key_file", "b"),
        "give one of them");
    refused(Config.empty(), "foundation_model_name: missing");
    Path key = Files.writeString(folder.resolve("key"), "a-key-of-some-length\n");
    ServeConfig read = ServeConfig.of(config().with("serving.api_key_file", key.toString()));
    assertThat(read.serving().options().apiKey()).isPresent();
    assertThat(read.toString() + read.serving().options()).doesNotContain("a-key-of-some-length");
  }

  @Test
  void aPortThatIsTakenIsSaidSo() {
    try (SamplingServer server = ServeRecipe.of(config()).start()) {
      refused(config().with("serving.port", server.port()), "cannot listen on 127.0.0.1");
    }
  }
}
