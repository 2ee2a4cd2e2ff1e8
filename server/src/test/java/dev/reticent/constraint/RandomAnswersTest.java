package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the schema and the model, an answer parses and is valid, and there is no dead end. */
class RandomAnswersTest {
  private static final List<byte[]> TOKENS = Vocabularies.tokens(600, 7);
  private static final JsonVocabulary VOCABULARY = Vocabularies.of(TOKENS);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyAnswerIsValid(long seed) {
    RandomSchemas schemas = new RandomSchemas(seed);
    SplittableRandom random = new SplittableRandom(seed);
    UniformModel model = new UniformModel(TOKENS, random);
    int answered = 0;
    for (int i = 0; i < 150; i++) {
      ObjectNode schema = schemas.next();
      JsonFormat format;
      try {
        format = JsonFormat.schema(schema, VOCABULARY);
      } catch (UserInputException e) {
        assertThat(e).as("%s", schema).hasMessageContaining("admits no answer");
        continue;
      }
      Judge judge = Judge.of(schema);
      int least = format.leastTokens();
      // As few tokens as can be, a few more, and plenty.
      for (int most : new int[] {Math.max(1, least), least + 5, least + 100}) {
        judge.check(model.answer(format.within(most), most), schema);
        answered++;
      }
    }
    assertThat(answered).isGreaterThan(300);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void anyObjectIsAnObject(long seed) {
    UniformModel model = new UniformModel(TOKENS, new SplittableRandom(seed));
    JsonFormat format = JsonFormat.object(VOCABULARY);
    for (int most = 1; most <= 150; most++) {
      JsonNode value = Judge.parse(model.answer(format.within(most), most));
      assertThat(value.isObject()).isTrue();
    }
  }

  @Test
  void whatTheContextCannotHoldIsRefused() {
    ObjectNode schema = Judge.JSON.createObjectNode().put("const", "abcdefghijklmnopqrstuvwxyz");
    JsonFormat format = JsonFormat.schema(schema, VOCABULARY);
    int least = format.leastTokens();
    assertThat(least).isLessThan(28);
    assertThatThrownBy(() -> format.within(least - 1))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("takes " + least);
  }
}
