package example;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import dev.reticent.config.Config;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An application with libraries of its own that fine-tunes on its rows and asks the result. */
public final class HelpDesk {

  private static final Logger LOG = LoggerFactory.getLogger(HelpDesk.class);

  private HelpDesk() {}

  public static void main(String[] arguments) throws IOException {
    Path rows = Path.of("rows.jsonl");
    Files.write(rows, rows());
    Config config =
        Config.parse(
            "the help desk's settings",
            """
            foundation_model_name: reticent-tiny
            lora: {lora_attn_modules: [q_proj, v_proj], lora_rank: 4}
            dataset: {data_dir: ., train_file: rows.jsonl, max_length: 64}
            privacy: {target_epsilon: 8, delta: 1e-3}
            l2_norm_clip: 1.0
            batch_size: 16
            max_steps: 3
            learning_rate: 1e-2
            saving_dir: run
            """);
    FinetuneResult result = DPFinetuningRecipe.of(config).run(new FinetuneListener() {});
    LOG.info("{}", result.statement());

    Config asked = Config.empty().with("checkpoint_path", "run").with("max_new_tokens", 8);
    String prompt = "How do I reset the password of user 7?";
    for (SampleRecipe.Answer answer : SampleRecipe.of(asked).answer(List.of(prompt))) {
      ByteBuf buffer = Unpooled.copiedBuffer(answer.generation().text(), StandardCharsets.UTF_8);
      LOG.info("asked one question, {} bytes of answer", buffer.readableBytes());
    }
  }

  /** One JSON object a line, as any application might write its rows. */
  private static List<String> rows() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<String> rows = new ArrayList<>();
    for (int user = 0; user < 64; user++) {
      rows.add(
          json.writeValueAsString(
              ImmutableMap.of(
                  "question", "How do I reset the password of user " + user + "?",
                  "answer", "passwd user" + user)));
    }
    return rows;
  }
}
