package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.PythonTool;
import dev.reticent.config.Config;
import dev.reticent.model.Golden;
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
    PythonTool.require("selenium");
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
              PythonTool.run(
                  "page.py", server.uri().toString(), picture.toString(), "How do I list tables?"));
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
      assertThat(Files.size(picture)).isGreaterThan(10_000);
    }
  }
}
