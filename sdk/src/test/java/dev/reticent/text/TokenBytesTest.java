package dev.reticent.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.model.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of tokens, put together, are the decoded text. */
class TokenBytesTest {
  @TempDir Path temporary;

  static Stream<Path> folders() throws URISyntaxException {
    Path tokenizers = Path.of(TokenBytesTest.class.getResource("tokenizers").toURI());
    return Stream.concat(
        Stream.of("byte-level", "metaspace", "config-tokens").map(tokenizers::resolve),
        Stream.of("mistral-tiny", "qwen3", "phi3").map(Golden::folder));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void putTogetherTheyAreTheDecodedText(Path folder) {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      List<byte[]> bytes = tokenizer.tokenBytes();
      assertThat(bytes).hasSize(tokenizer.vocabularySize());
      int[] usable =
          IntStream.range(0, bytes.size()).filter(id -> bytes.get(id).length > 0).toArray();
      assertThat(usable).hasSizeGreaterThan(20).doesNotContain(tokenizer.specialIds());
      // Some decoders drop a blank at the beginning: begin with something else.
      int[] firsts = IntStream.of(usable).filter(id -> bytes.get(id)[0] > ' ').toArray();
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < 300; i++) {
        int[] ids = new int[1 + random.nextInt(8)];
        for (int j = 0; j < ids.length; j++) {
          int[] from = j == 0 ? firsts : usable;
          ids[j] = from[random.nextInt(from.length)];
        }
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (int id : ids) {
          together.writeBytes(bytes.get(id));
        }
        String text = together.toString(StandardCharsets.UTF_8);
        if (!text.contains("\uFFFD")) {
          assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        }
      }
    }
  }

  @Test
  void aDecoderThatIsNotUnderstoodIsRefused() throws IOException, URISyntaxException {
    Path source = folders().toList().get(0).resolve("tokenizer.json");
    String decoder = "\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}";
    Files.writeString(
        temporary.resolve("tokenizer.json"),
        Files.readString(source).replaceFirst("\"decoder\"\\s*:\\s*\\{[^}]*}", decoder));
    try (Tokenizer tokenizer = Tokenizer.open(temporary)) {
      assertThatThrownBy(tokenizer::tokenBytes)
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("WordPiece");
    }
  }
}
