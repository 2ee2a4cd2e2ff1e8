package dev.reticent.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {
  @TempDir Path temporary;

  private static Path folder(String name) {
    try {
      return Path.of(TokenizerTest.class.getResource("tokenizers/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The oracle is transformers 5.23: see src/test/python/tokenizers_oracle.py. */
  static Stream<Arguments> encodedByTransformers() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(folder("expected.json").toFile());
    return StreamSupport.stream(cases.spliterator(), false)
        .map(n -> Arguments.of(n.get("folder").asText(), n.get("text").asText(), n));
  }

  private static int[] ids(JsonNode node) {
    return IntStream.range(0, node.size()).map(i -> node.get(i).asInt()).toArray();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("encodedByTransformers")
  void encodesAndDecodesAsTransformersDoes(String folder, String text, JsonNode node) {
    try (Tokenizer tokenizer = Tokenizer.open(folder(folder))) {
      int[] with = ids(node.get("ids"));
      assertThat(tokenizer.encode(text, true)).isEqualTo(with);
      assertThat(tokenizer.encode(text, false)).isEqualTo(ids(node.get("plain_ids")));
      assertThat(tokenizer.decode(with, true)).isEqualTo(node.get("skipped").asText());
      assertThat(tokenizer.decode(with, false)).isEqualTo(node.get("decoded").asText());
      assertThat(tokenizer.vocabularySize()).isEqualTo(node.get("size").asInt());
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("encodedByTransformers")
  void streamsTheDecodedTextPieceByPiece(String folder, String text, JsonNode node) {
    try (Tokenizer tokenizer = Tokenizer.open(folder(folder))) {
      for (boolean skip : new boolean[] {true, false}) {
        StreamingDecoder decoder = tokenizer.streamingDecoder(skip);
        StringBuilder streamed = new StringBuilder();
        for (int id : ids(node.get("ids"))) {
          String piece = decoder.next(id);
          assertThat(piece).doesNotContain("\uFFFD");
          streamed.append(piece);
        }
        streamed.append(decoder.finish());
        assertThat(streamed.toString()).isEqualTo(node.get(skip ? "skipped" : "decoded").asText());
      }
    }
  }

  @Test
  void streamsAnyIdsLikeTheWholeWhereByteLevel() {
    Random random = new Random(7);
    try (Tokenizer tokenizer = Tokenizer.open(folder("byte-level"))) {
      for (int round = 0; round < 50; round++) {
        int[] ids = random.ints(40, 0, tokenizer.vocabularySize()).toArray();
        StreamingDecoder decoder = tokenizer.streamingDecoder(false);
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) {
          streamed.append(decoder.next(id));
        }
        assertThat(streamed.append(decoder.finish()).toString())
            .isEqualTo(tokenizer.decode(ids, false));
      }
    }
  }

  @Test
  void namesTheSpecialTokensAndTheIdsThatEndAnAnswer() throws IOException {
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(folder("byte-level").resolve(name), temporary.resolve(name));
    }
    Files.writeString(temporary.resolve("config.json"), "{\"eos_token_id\": 2}");
    Files.writeString(temporary.resolve("generation_config.json"), "{\"eos_token_id\": [7, 5]}");
    try (Tokenizer tokenizer = Tokenizer.open(temporary)) {
      assertThat(tokenizer.bosId()).hasValue(1);
      assertThat(tokenizer.eosId()).hasValue(2);
      assertThat(tokenizer.padId()).hasValue(0);
      assertThat(tokenizer.endIds()).containsExactly(2, 5, 7);
      assertThat(tokenizer.specialIds()).containsExactly(0, 1, 2, 3);
      assertThat(tokenizer.id("</s>")).hasValue(2);
      assertThat(tokenizer.id("no such token")).isEmpty();
    }
  }

  @Test
  void saysWhatIsWrongWithAFolder() throws IOException {
    assertThatThrownBy(() -> Tokenizer.open(temporary))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("tokenizer.json is missing");
    for (String other : List.of("vocab.json", "merges.txt", "spiece.model")) {
      Files.createFile(temporary.resolve(other)); // each tells more than what came before
      assertThatThrownBy(() -> Tokenizer.open(temporary))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("there is a " + other)
          .hasMessageContaining(".save_pretrained(folder)");
    }
    Files.writeString(temporary.resolve("tokenizer.json"), "{\"version\": \"1.0\"");
    assertThatThrownBy(() -> Tokenizer.open(temporary))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("not valid JSON");
    Files.writeString(temporary.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");
    assertThatThrownBy(() -> Tokenizer.open(temporary))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("no model.vocab");
    Files.writeString(
        temporary.resolve("tokenizer.json"),
        "{\"model\": {\"vocab\": {\"a\": 0}, \"type\": \"X\"}}");
    assertThatThrownBy(() -> Tokenizer.open(temporary))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("cannot load it");
  }

  @Test
  void theEndTokenIsTakenFromWhicheverFileNamesIt() throws IOException {
    Files.copy(folder("metaspace").resolve("tokenizer.json"), temporary.resolve("tokenizer.json"));
    int end;
    try (Tokenizer bare = Tokenizer.open(temporary)) {
      assertThat(bare.eosId()).isEmpty();
      assertThat(bare.endIds()).isEmpty();
      end = bare.id("</s>").orElseThrow();
    }
    eosComesFrom("generation_config.json", "{\"eos_token_id\": [" + end + ", 5]}", end);
    eosComesFrom("config.json", "{\"eos_token_id\": 3}", 3);
    eosComesFrom("special_tokens_map.json", "{\"eos_token\": {\"content\": \"</s>\"}}", end);
    eosComesFrom("tokenizer_config.json", "{\"bos_token\": null}", end);
    try (Tokenizer all = Tokenizer.open(temporary)) {
      assertThat(all.endIds()).contains(3, 5, end);
    }
  }

  /** Each file stands before those that were written earlier. */
  private void eosComesFrom(String file, String json, int id) throws IOException {
    Files.writeString(temporary.resolve(file), json);
    try (Tokenizer tokenizer = Tokenizer.open(temporary)) {
      assertThat(tokenizer.eosId()).as(file).hasValue(id);
    }
  }

  @Test
  void aTokenThatTheModelDoesNotHaveIsRefusedWhereItIsEncoded() {
    try (Tokenizer tokenizer = Tokenizer.open(folder("metaspace"))) {
      int[] ids = tokenizer.encode("a", false);
      int largest = IntStream.of(ids).max().orElseThrow();
      assertThat(largest).isGreaterThan(tokenizer.eosId().orElseThrow());
      assertThat(tokenizer.within(largest + 1).encode("a", false)).isEqualTo(ids);
      assertThatThrownBy(() -> tokenizer.within(largest).encode("a", false))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("with id " + largest)
          .hasMessageContaining("its embedding has " + largest + " rows");
      assertThatThrownBy(() -> tokenizer.within(1))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("the end token");
    }
  }
}
