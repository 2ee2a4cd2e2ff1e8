package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import dev.reticent.settings.SampleConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model folders as people come to have them. */
class OddModelFolderTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.list(Golden.folder("mistral-tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
  }

  private List<String> notices() {
    Config config =
        Config.empty()
            .with("foundation_model_name", folder.toString())
            .with("prompts", List.of("a"));
    List<String> notices = new ArrayList<>();
    LoadedModel.open(SampleConfig.of(config).model(), 0, notices::add).close();
    return notices;
  }

  private void edit(Consumer<ObjectNode> edit) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
    edit.accept(config);
    JSON.writeValue(file.toFile(), config);
  }

  /** Git leaves a pointer for each large file when it was not told to fetch them. */
  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"})
  void everyFileThatIsAGitLfsPointerIsRefusedWithTheCommandThatFetchesIt(String name)
      throws IOException {
    Files.writeString(
        folder.resolve(name),
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 8687912\n");
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining(folder.resolve(name) + " is a Git LFS pointer")
        .withMessageContaining("git lfs pull");
  }

  /** What a copy without its links' targets leaves, as of Hugging Face's cache. */
  @Test
  void aLinkToNothingIsNamedWithTheCommandThatCopiesItsTarget() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    Files.delete(weights);
    Files.createSymbolicLink(weights, Path.of("..", "blobs", "gone"));
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining("model.safetensors is a link to what is not there")
        .withMessageContaining("cp -rL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json"})
  void anEmptyFileIsCalledSo(String name) throws IOException {
    Files.writeString(folder.resolve(name), "");
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining(
            folder.resolve(name) + ": expected a JSON object, found an empty file");
  }

  @Test
  void aNumberBeyondWhatCountsAreHeldInIsToldItsLimit() throws IOException {
    edit(config -> config.put("hidden_size", 1_000_000_000_000L));
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining("expected a whole number of at most 2147483647");
  }

  @Test
  void layersThatTheModelDoesNotHaveAreNamed() throws IOException {
    assertThat(notices()).isEmpty();
    edit(config -> config.put("num_hidden_layers", config.get("num_hidden_layers").asInt() - 1));
    assertThat(notices())
        .singleElement()
        .asString()
        .contains("model.layers.2.*", "not used", "num_hidden_layers 2");
  }

  /** The family's own rule is as many as there are heads; absent it would be one model's number. */
  @Test
  void noKeyValueHeadsMeanAsManyAsHeadsAndNoWordAboutThemIsRefused() throws IOException {
    edit(config -> config.putNull("num_key_value_heads"));
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining("k_proj.weight: expected shape [64, 64], found [16, 64]");
    edit(config -> config.remove("num_key_value_heads"));
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(this::notices)
        .withMessageContaining("\"num_key_value_heads\": expected a number or null");
  }
}
