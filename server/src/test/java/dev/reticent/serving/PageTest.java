package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.Config;
import dev.reticent.model.Golden;
import dev.reticent.testing.Python;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. */
@Timeout(180)
class PageTest {

  @Test
  void baseAndAdapterAnswerSideBySideInABrowser(@TempDir Path folder) throws Exception {
    Python.require("selenium");
    Path root = folder.resolve("adapters");
    Path adapter = Files.createDirectories(root.resolve("tuned"));
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(
          Golden.folder("mistral-tiny").resolve("adapter").resolve(name), adapter.resolve(name));
    }
    Files.writeString(
        adapter.resolve("privacy.json"),
        "{\"guarantee\":true,\"epsilon\":2.9999645,\"delta\":1.0E-5,\"accountant\":\"rdp\",\"unit\":\"row\"}");
    try (SamplingServer server =
        ServeRecipe.of(
                Config.empty()
                    .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
                    .with("adapters_root", root.toString())
                    .with("adapters", List.of("tuned"))
                    .with("serving.port", 0))
            .start()) {
      Path picture = folder.resolve("page.png");
      JsonNode seen =
          Http.parse(
              Python.run(
                  "page.py",
                  server.uri().toString(),
                  picture.toString(),
                  "How do I list tables?",
                  folder.resolve("narrow.png").toString()));
      assertThat(seen.get("state").asText()).isEqualTo("ready, 1 fine-tuned model");
      assertThat(seen.get("models").toString()).isEqualTo("[\"mistral-tiny\",\"tuned\"]");
      assertThat(seen.get("badges").get(0).asText()).isEqualTo("base model");
      assertThat(seen.get("badges").get(1).asText()).isEqualTo("private: ε = 3, δ = 1e-5");
      Http http = new Http(server);
      for (int side = 0; side < 2; side++) {
        String text =
            http.ok(
                    Http.CHAT,
                    "{'model':'%s','messages':[{'role':'user','content':'How do I list tables?'}],'temperature':0,'max_tokens':64}"
                        .formatted(seen.get("models").get(side).asText()))
                .get("choices")
                .get(0)
                .get("message")
                .get("content")
                .asText();
        assertThat(seen.get("texts").get(side).asText()).isEqualTo(text);
        assertThat(seen.get("footers").get(side).asText()).contains("tokens", "ms to the first");
        // The text grew: it was streamed.
        assertThat(seen.get("lengths").get(side).size()).isGreaterThan(2);
      }
      assertThat(seen.get("elsewhere")).isEmpty();
      assertThat(seen.get("complaints")).isEmpty();
      assertThat(seen.get("refused").asText()).contains("context");
      everySettingIsSent(seen);
      whatHasComeStays(seen);
      assertThat(seen.get("page").asInt()).isEqualTo(390);
      assertThat(seen.get("wider")).isEmpty();
      assertThat(Files.size(picture)).isGreaterThan(10_000);
    }
  }

  private static void everySettingIsSent(JsonNode seen) {
    assertThat(seen.get("most").asInt()).as("the context").isEqualTo(256);
    JsonNode sent = seen.get("sent");
    assertThat(sent.get("messages").findValuesAsText("role"))
        .containsExactly("system", "user", "assistant", "user");
    assertThat(sent.at("/messages/0/content").asText()).isEqualTo("Be short.");
    assertThat(sent.at("/messages/2/content")).isEqualTo(seen.at("/texts/0"));
    assertThat(seen.at("/turns/1").asText()).isEqualTo(seen.at("/texts/0").asText().strip());
    sent = ((com.fasterxml.jackson.databind.node.ObjectNode) sent).without("messages");
    assertThat(sent)
        .isEqualTo(
            Http.parse(
                """
                {"stream":true,"stream_options":{"include_usage":true},"temperature":0,"top_p":1,
                 "top_k":7,"min_p":0.1,"repetition_penalty":1.1,"frequency_penalty":0.5,
                 "presence_penalty":-0.5,"max_tokens":16,"seed":3,"stop":["END","###"],
                 "model":"mistral-tiny"}\
                """));
    assertThat(seen.get("json").asText()).isIn("\"A\"", "\"B\"");
    assertThat(seen.get("copyable").asBoolean()).isTrue();
    assertThat(seen.get("badSchema").asText()).startsWith("The JSON Schema is not JSON");
  }

  private static void whatHasComeStays(JsonNode seen) {
    assertThat(seen.get("failed").toString()).isEqualTo("[\"Half an\",\"It failed.\"]");
    assertThat(seen.at("/dropped/0").asText()).isEqualTo("Half an");
    assertThat(seen.at("/dropped/1").asText()).contains("broke off");
  }
}
