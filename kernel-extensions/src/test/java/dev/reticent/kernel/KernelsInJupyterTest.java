package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Command;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cells in the real kernel: the README's, and those of a run in whose middle the kernel dies. */
class KernelsInJupyterTest {

  private static final String SAMPLE =
      """
      %%sample
      foundation_model_name: reticent-tiny
      prompts: [Hello]
      max_new_tokens: 2\
      """;

  @TempDir Path folder;

  private static Path java() {
    return Path.of(System.getProperty("java.home"));
  }

  @Test
  void theReadmesCellRunsAsItStands() throws IOException {
    Python.require("nbclient", "nbformat");
    String readme = Files.readString(Path.of("..", "README.md"));
    Matcher cell =
        Pattern.compile("```\\n(%%finetune\\n.*?)\\n```", Pattern.DOTALL).matcher(readme);
    assertThat(cell.find()).as("README.md has a cell").isTrue();
    // The whole run takes minutes, so two small steps of it and few rows held out.
    String shorter =
        cell.group(1)
            .replaceFirst(
                "%%finetune",
                "%%finetune max_steps=2 batch_size=32 dataset.held_out_fraction=0.002");
    Command.Run run =
        Jupyter.cells(
            Jupyter.kernel(folder, java(), Runtime.version().feature()),
            folder,
            "reticent",
            List.of(
                shorter,
                "finetuned.result().steps()",
                SAMPLE,
                SAMPLE,
                "%reticent status",
                "%reticent unload"));
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("ε = ").contains("[2] text/plain: 2");
    assertThat(run.output())
        .contains("loaded for %%sample")
        .contains("[6] text/plain: no model is loaded");
  }

  @Test
  void ijavaCompletesMagicsAndKeysFromTheStartAndTellsMistakesOnce() throws IOException {
    Python.require("jupyter_client");
    Map<String, String> facts =
        assist(Jupyter.kernel(folder, java(), Runtime.version().feature()), "reticent");
    assertThat(facts.get("name before the first cell")).isEqualTo("[\"%%finetune\"]");
    assertThat(facts.get("mistake")).doesNotContain("\\tat ").containsOnlyOnce("lroa: unknown key");
  }

  @Test
  void jjavaCompletesMagicsAndKeys() throws IOException {
    Python.require("jupyter_client", "jjava");
    Map<String, String> environment = new TreeMap<>(Jupyter.jjava(folder));
    environment.put("JJAVA_CLASSPATH", KernelSpec.here().classPath());
    Map<String, String> facts = assist(environment, "jjava");
    assertThat(facts.get("mistake")).containsOnlyOnce("lroa: unknown key");
  }

  /** What both kernels have in common. */
  private static Map<String, String> assist(Map<String, String> environment, String kernel) {
    Command.Run run =
        Command.run(environment, 5, Python.command(), "src/test/python/assist.py", kernel);
    assertThat(run.status()).as(run.output()).isZero();
    Map<String, String> facts = facts(run.output());
    assertThat(facts.get("magics")).contains("%%finetune", "%%serve", "%tensorboard", "%maven");
    assertThat(facts.get("name")).isEqualTo("[\"%%finetune\"]");
    assertThat(facts.get("key")).isEqualTo("[\"%%finetune\\nlora: {lora_rank: \"]");
    assertThat(facts.get("java")).contains("System.currentTimeMillis(");
    assertThat(facts.get("help")).startsWith("\"epochs");
    assertThat(facts.get("help in a cell")).contains("lora.lora_rank");
    return facts;
  }

  private static Map<String, String> facts(String output) {
    Map<String, String> facts = new TreeMap<>();
    output
        .lines()
        .map(line -> line.split(": ", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> facts.put(parts[0], parts[1]));
    return facts;
  }

  @Test
  void aKilledKernelGoesOnFromTheCheckpointAndChargesWhatItTakesAgain() throws IOException {
    Python.require("jupyter_client");
    Command.Run run =
        Command.run(
            Jupyter.kernel(folder, java(), Runtime.version().feature()),
            10,
            Python.command(),
            "src/test/python/restart.py",
            folder.toString());
    assertThat(run.status()).as(run.output()).isZero();
    Map<String, String> facts = facts(run.output());
    for (String name : List.of("cut", "private")) {
      int saved = Integer.parseInt(facts.get(name + " saved"));
      assertThat(Integer.parseInt(facts.get(name + " first step again"))).isEqualTo(saved + 1);
      assertThat(facts.get(name + " end")).startsWith("finished | step 20 of 20");
    }
    // Without noise a run is a function of its settings, whether it was killed or not.
    assertThat(facts.get("cut adapter")).isEqualTo(facts.get("whole adapter"));
    // With noise, every step that was charged stays charged; those after the checkpoint count
    // twice.
    int saved = Integer.parseInt(facts.get("private saved"));
    int charged = Integer.parseInt(facts.get("private charged"));
    assertThat(charged).isGreaterThan(saved);
    assertThat(facts.get("private charged in all")).isEqualTo("" + (charged + 20 - saved));
  }
}
