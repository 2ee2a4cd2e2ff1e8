package dev.reticent.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokenizers in the formats of SentencePiece 0.2 and mistral-common 1.13, against what these
 * libraries make of odd texts (make_tokenizers.py). {@code -Dreticent.tokenizers=FOLDER} tries
 * others, each a folder with a golden.json.
 */
class OtherTokenizersTest {

  private static final Path OWN = Path.of("src/test/resources/tokenizers");

  @TempDir Path folder;

  static List<Path> folders() throws IOException {
    Path given = Path.of(System.getProperty("reticent.tokenizers", OWN.toString()));
    try (Stream<Path> all = Files.list(given)) {
      return all.filter(one -> Files.exists(one.resolve("golden.json"))).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void idsAreThoseOfTheFormatsOwnLibrary(Path tokenizer) throws IOException {
    JsonNode golden = ModelFolder.JSON.readTree(tokenizer.resolve("golden.json").toFile());
    List<String> different = new ArrayList<>();
    try (Tokenizer own = Tokenizer.open(tokenizer)) {
      for (JsonNode one : golden) {
        int[] expected = ids(one.get("ids"));
        int[] found = own.encode(one.get("text").asText(), false);
        if (!Arrays.equals(expected, found)) {
          different.add(
              one.get("text") + ": " + Arrays.toString(expected) + Arrays.toString(found));
        }
      }
    }
    assertThat(different).as("%s, of %d", tokenizer.getFileName(), golden.size()).isEmpty();
  }

  private static int[] ids(JsonNode ids) {
    return IntStream.range(0, ids.size()).map(i -> ids.get(i).asInt()).toArray();
  }

  @Test
  void aTextBeginsAsTheFolderSaysAndControlPiecesStandForThemselves() throws IOException {
    Files.copy(OWN.resolve("bpe-prefix/tokenizer.model"), folder.resolve("tokenizer.model"));
    try (Tokenizer own = Tokenizer.open(folder)) {
      assertThat(own.encode("a", true)).startsWith(1);
      assertThat(own.encode("</s>", false)).containsExactly(2);
      assertThat(own.decode(own.encode("data is  new\n", true), true)).isEqualTo("data is  new\n");
      assertThat(own.tokenBytes().get(own.encode("\n", false)[1])).containsExactly('\n');
    }
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": false}");
    try (Tokenizer own = Tokenizer.open(folder)) {
      assertThat(own.encode("a", true)).doesNotContain(1);
    }
    try (Tokenizer own = Tokenizer.open(OWN.resolve("tekken"))) {
      assertThat(own.encode("[INST]a", true)).startsWith(1, 3);
      assertThat(own.decode(own.encode("Größe  日本\n", true), true)).isEqualTo("Größe  日本\n");
    }
  }

  @Test
  void whatIsNoSuchFileIsRefusedByName() throws IOException {
    Path model = folder.resolve("tokenizer.model");
    Files.write(model, new byte[] {10, 9, 10, 3});
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("tokenizer.model: not a model of SentencePiece");
    Files.writeString(folder.resolve("tekken.json"), "{\"config\": {}}");
    assertThatThrownBy(() -> Tokenizer.open(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("no config.default_num_special_tokens found");
  }
}
