package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.ThirdParties;
import dev.reticent.testing.Command;
import dev.reticent.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of kernel-extensions/notebook, which is built before this runs, as a user has it. */
class NotebookArtifactIT {

  private static final Path JAR = Path.of(System.getProperty("notebook.jar", ""));
  private static final Path POM = Path.of(System.getProperty("notebook.pom", ""));
  private static final String VERSION = System.getProperty("notebook.version", "");

  private static final String FINETUNE =
      """
      %%finetune
      foundation_model_name: reticent-tiny
      lora: {lora_attn_modules: [q_proj], lora_rank: 2}
      dataset: {max_length: 64, held_out_fraction: 0.002, evaluation: public}
      privacy: {noise_multiplier: 1, delta: 1e-5}
      batch_size: 16
      max_steps: 3
      saving_dir: runs/cell\
      """;

  @TempDir Path folder;

  @Test
  void nothingIsLeftToBeResolvedAndNothingToClashWith() throws IOException {
    assertThat(Files.readString(POM))
        .contains("<artifactId>reticent-notebook</artifactId>")
        .doesNotContain("<dependenc")
        .doesNotContain("<parent");
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> names = jar.stream().map(entry -> entry.getName()).collect(Collectors.toList());
      assertThat(names)
          .contains(
              "dev/reticent/kernel/Reticent.class",
              "dev/reticent/shaded/gson/Gson.class",
              "dev/reticent/shaded/snakeyaml/Yaml.class",
              "ai/djl/pytorch/jni/PyTorchLibrary.class",
              "META-INF/services/ai.djl.engine.EngineProvider",
              "META-INF/services/org.dflib.jjava.jupyter.Extension")
          .noneMatch(
              name ->
                  name.matches(
                      "com/google/gson/.*|org/apache/commons/.*|com/fasterxml/.*|org/yaml/.*"
                          + "|io/github/spencerpark/.*|org/dflib/.*|META-INF/[^/]*\\.(SF|RSA|DSA)"
                          + "|(.*/)?module-info\\.class"));
    }
  }

  @Test
  void itListsWhoseClassesAreInItAndTheirLicences() throws IOException {
    ThirdParties.assertListed(JAR);
  }

  @Test
  void inPlainIJavaTwoLinesBringReticent() throws IOException {
    Python.require("nbclient", "nbformat");
    Path home = Files.createDirectories(folder.resolve("home"));
    Command.Run run =
        Jupyter.cells(
            ijava(home),
            folder,
            "plain",
            List.of(
                "%mavenRepo local "
                    + repository().toUri()
                    + "\n%maven dev.reticent:reticent-notebook:"
                    + VERSION,
                """
                import dev.reticent.kernel.*;
                import dev.reticent.config.*;
                import dev.reticent.recipe.*;
                import dev.reticent.serving.ServeRecipe;
                import com.openai.client.okhttp.OpenAIOkHttpClient;
                import com.openai.models.chat.completions.ChatCompletionCreateParams;
                Reticent.install();\
                """,
                FINETUNE,
                "finetuned",
                """
                %%sample
                checkpoint_path: runs/cell
                prompts: ["How do I delete table /rooms/games in zone harbor?"]
                max_new_tokens: 8
                saving_dir: runs/answers\
                """,
                """
                var server = ServeRecipe.of(Config.parse("serving", "foundation_model_name: reticent-tiny")
                    .with("serving.port", 0)).start();
                var client = OpenAIOkHttpClient.builder().baseUrl(server.uri() + "v1").apiKey("none").build();
                var asked = ChatCompletionCreateParams.builder().model("reticent-tiny")
                    .addUserMessage("How do I delete table /rooms/games in zone harbor?").maxCompletionTokens(4).build();
                var usage = client.chat().completions().create(asked).usage().orElseThrow();
                client.close();
                server.close();
                usage.completionTokens()\
                """));
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("[3] text/plain: finished | step 3 of 3")
        .contains("[4] text/html: <p><b>Result</b></p><table>")
        .contains("[5] text/html: <table>")
        .contains("[6] text/plain: 4")
        .doesNotContain("SLF4J");
    // The libraries in use came out of the jar, into a home that was empty.
    assertThat(home.resolve(".djl.ai").resolve("pytorch")).isDirectory();
  }

  @Test
  void jjavaFindsMagicsAndDisplaysInTheJar() throws IOException {
    Python.require("nbclient", "nbformat", "jjava");
    Command.Run run =
        Jupyter.cells(
            Jupyter.jjava(folder),
            folder,
            "jjava",
            List.of(
                "%classpath " + JAR.toAbsolutePath(),
                "%reticent status",
                FINETUNE,
                "finetuned",
                "org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel().getName()"));
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("[2] text/html: <p><b>Reticent</b></p><table>")
        .contains("[3] text/plain: finished | step 3 of 3")
        .contains("<progress value=\"1.0000\"")
        .contains("[4] text/html: <p><b>Result</b></p><table>")
        .containsIgnoringCase("[5] text/plain: jjava")
        .doesNotContain("SLF4J");
  }

  /** A repository with nothing else in it. */
  private Path repository() throws IOException {
    Path place = folder.resolve("repository/dev/reticent/reticent-notebook").resolve(VERSION);
    Files.createDirectories(place);
    Files.createSymbolicLink(
        place.resolve("reticent-notebook-" + VERSION + ".jar"), JAR.toAbsolutePath());
    Files.copy(POM, place.resolve("reticent-notebook-" + VERSION + ".pom"));
    return folder.resolve("repository");
  }

  /** IJava as others install it; its own repositories are out of reach. */
  private Map<String, String> ijava(Path home) throws IOException {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    ArrayNode argv = spec.putArray("argv");
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Jupyter.OPTIONS.forEach(argv::add);
    argv.add("-Duser.home=" + home);
    for (String scheme : List.of("http", "https")) {
      argv.add("-D" + scheme + ".proxyHost=127.0.0.1").add("-D" + scheme + ".proxyPort=9");
    }
    argv.add("-jar").add(KernelSpec.ijava()).add("{connection_file}");
    spec.put("display_name", "Java").put("language", "java").put("interrupt_mode", "message");
    return Jupyter.write(folder, "plain", spec);
  }
}
