package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Adapters come and go while a real tiny model answers. */
@Timeout(120)
class LoadAdapterTest {
  private static final String KEY = "the-key-of-the-admin";
  private static final String ASK =
      "{'model':'%s','prompt':[1,5,9],'max_tokens':%d,'temperature':0,'ignore_eos':true,'logprobs':0}";

  @TempDir private Path folder;
  private SamplingServer server;
  private Http http;

  @BeforeEach
  void start() throws IOException {
    adapter("runs/first", "\"lora_alpha\": 8");
    adapter("runs/more/second", "\"lora_alpha\": 24");
    adapter("elsewhere", "\"lora_alpha\": 8");
    Files.createSymbolicLink(folder.resolve("runs/link"), folder.resolve("elsewhere"));
    Path key = Files.writeString(folder.resolve("key"), KEY);
    server = ServeRecipe.of(config("first").with("serving.admin_key_file", key.toString())).start();
    http = new Http(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Config config(String... adapters) {
    return Config.empty()
        .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
        .with("adapters_root", folder.resolve("runs").toString())
        .with("adapters", List.of(adapters))
        .with("serving.adapter_slots", 1)
        .with("serving.adapter_rank", 6)
        .with("serving.port", 0);
  }

  private void adapter(String at, String alpha) throws IOException {
    Path to = Files.createDirectories(folder.resolve(at));
    Path from = Golden.folder("mistral-tiny").resolve("adapter");
    String weights = "adapter_model.safetensors";
    Files.copy(from.resolve(weights), to.resolve(weights));
    String settings = Files.readString(from.resolve("adapter_config.json"));
    assertThat(settings).contains("\"lora_alpha\": 8");
    Files.writeString(
        to.resolve("adapter_config.json"), settings.replace("\"lora_alpha\": 8", alpha));
  }

  private HttpResponse<String> change(String path, String key, String json) {
    return http.send(
        HttpRequest.newBuilder(http.request(path, json), (name, value) -> true)
            .header("Authorization", "Bearer " + key)
            .build());
  }

  private HttpResponse<String> load(String name, String path) {
    return change(
        AdapterRoutes.LOAD, KEY, "{'lora_name':'" + name + "','lora_path':'" + path + "'}");
  }

  private HttpResponse<String> unload(String name) {
    return change(AdapterRoutes.UNLOAD, KEY, "{'lora_name':'" + name + "'}");
  }

  private String answer(String model) {
    return http.ok(Http.COMPLETIONS, ASK.formatted(model, 12)).get("choices").toString();
  }

  @Test
  void answersOfOthersDoNotChangeByABitWhileAdaptersComeAndGo() {
    List<String> models = List.of("mistral-tiny", "first");
    List<String> before = models.stream().map(this::answer).toList();
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Integer>> asking = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int which = i % 2;
      asking.add(
          CompletableFuture.supplyAsync(
              () -> {
                int asked = 0;
                while (!over.get()) {
                  assertThat(answer(models.get(which))).isEqualTo(before.get(which));
                  asked++;
                }
                return asked;
              }));
    }
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> loaded = load("second", "more/second");
      assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
      assertThat(answer("second")).isNotEqualTo(before.get(0)).isNotEqualTo(before.get(1));
      assertThat(unload("second").statusCode()).isEqualTo(200);
    }
    over.set(true);
    asking.forEach(one -> assertThat(one.join()).isPositive());
    assertThat(models.stream().map(this::answer).toList()).isEqualTo(before);
  }

  @Test
  void whatWasLoadedAnswersAsIfItHadBeenThereFromTheBeginning() {
    assertThat(load("second", folder.resolve("runs/more/second").toString()).statusCode())
        .isEqualTo(200);
    assertThat(http.get("v1/models").body()).contains("\"second\"");
    String text = "/choices/0/text";
    String loaded = http.ok(Http.COMPLETIONS, ASK.formatted("second", 24)).at(text).asText();
    try (SamplingServer other =
        ServeRecipe.of(
                config("second").with("adapters_root", folder.resolve("runs/more").toString()))
            .start()) {
      assertThat(
              new Http(other).ok(Http.COMPLETIONS, ASK.formatted("second", 24)).at(text).asText())
          .isEqualTo(loaded);
    }
  }

  @Test
  void anAnswerUnderWayIsFinishedAfterItsAdapterIsUnloadedAndItsRoomIsFreeThen() {
    load("second", "more/second");
    String whole = answer("second");
    ReliabilityTest.eventually("its permit is back", () -> server.answersUnderWay() == 0);
    String long_ = ASK.formatted("second", 200).replace("'logprobs':0", "'stream':true");
    CompletableFuture<HttpResponse<String>> running =
        http.client.sendAsync(
            http.request(Http.COMPLETIONS, long_), HttpResponse.BodyHandlers.ofString());
    ReliabilityTest.eventually("it runs", () -> server.answersUnderWay() == 1);
    assertThat(unload("second").statusCode()).isEqualTo(200);
    http.refused(404, "model_not_found", Http.COMPLETIONS, ASK.formatted("second", 1));
    assertThat(Http.events(running.join().body())).hasSizeGreaterThan(3);
    ReliabilityTest.eventually(
        "there is room again", () -> load("again", "more/second").statusCode() == 200);
    assertThat(answer("again")).isEqualTo(whole);
  }

  @Test
  void onlyTheAdminLoadsAndOnlyFromTheRoot() {
    String body = "{'lora_name':'a','lora_path':'more/second'}";
    Http.error(http.post(AdapterRoutes.LOAD, body), 401, "missing_api_key");
    Http.error(change(AdapterRoutes.LOAD, "some-other-long-key", body), 401, "invalid_api_key");
    for (String path :
        List.of(
            "../elsewhere",
            "more/../../elsewhere",
            folder.resolve("elsewhere").toString(),
            "link",
            "/etc",
            "none",
            "x\\u0000y",
            "")) {
      Http.error(load("a", path), 400, "invalid_value");
    }
    Http.error(load("../a", "more/second"), 400, "invalid_value");
    Http.error(load("first", "more/second"), 400, "invalid_value");
    Http.error(unload("mistral-tiny"), 400, "invalid_value");
    Http.error(unload("none"), 404, "model_not_found");
    assertThat(http.get("v1/models").body()).doesNotContain("\"a\"");
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    assertThat(load("second", "more/second").statusCode()).isEqualTo(200);
    assertThat(load("same", "first").statusCode()).as("it is there already").isEqualTo(200);
    adapter("runs/third", "\"lora_alpha\": 2");
    assertThat(Http.error(load("third", "third"), 400, "invalid_value").get("message").asText())
        .contains("no room");
    try (SamplingServer plain = ServeRecipe.of(config("first")).start()) {
      new Http(plain).refused(404, "not_found", AdapterRoutes.LOAD, "{}");
    }
  }
}
