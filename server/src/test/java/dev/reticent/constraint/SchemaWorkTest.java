package dev.reticent.constraint;

import static dev.reticent.constraint.Texts.format;
import static dev.reticent.constraint.Texts.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a schema costs: a small one little, a large one in proportion, and no one without bound. */
class SchemaWorkTest {
  private static final List<byte[]> TOKENS = Vocabularies.tokens(3000, 9);
  private static final TokenTable TABLE = new TokenTable(TOKENS, new int[] {Vocabularies.END});

  private static String members(int n, String required) {
    return IntStream.range(0, n)
        .mapToObj(i -> "'p" + i + "':{'type':'integer'}")
        .collect(
            Collectors.joining(",", "{'type':'object',%s'properties':{".formatted(required), "}}"));
  }

  /** Steps per token of an answer that takes whatever it may. */
  private static double stepsPerToken(String schema) {
    Grammar grammar =
        new Grammar(SchemaCompiler.compile(json(schema), false, SchemaRules.STANDARD), TABLE);
    SplittableRandom random = new SplittableRandom(4);
    State state = grammar.start();
    long steps = 0;
    int tokens = 0;
    while (tokens < 60 && !state.complete()) {
      WorkLimit work = Mask.work();
      int[] ids = grammar.allowed(state, 1 << 20, work).stream().toArray();
      steps += work.spent();
      for (byte b : TOKENS.get(ids[random.nextInt(ids.length)])) {
        state = grammar.next(state, b & 0xFF);
      }
      tokens++;
    }
    return (double) steps / tokens;
  }

  @Test
  void aHundredTimesTheOptionalMembersCostLittleMoreForAToken() {
    String closed = "'additionalProperties':false,";
    assertThat(stepsPerToken(members(5000, closed)))
        .isLessThan(4 * stepsPerToken(members(50, closed)));
    assertThat(stepsPerToken(members(5000, ""))).isLessThan(4 * stepsPerToken(members(50, "")));
  }

  /** Before, these took minutes, and refusals repeated all of what was refused. */
  @Test
  @Timeout(60)
  void longListsAreReadInOnePassAndNotRepeatedInRefusals() {
    String items = "{'type':'integer'},".repeat(9_000).replaceAll(",$", "");
    assertThat(Texts.admits(format("{'type':'array','prefixItems':[" + items + "]}"), "[1,2]"))
        .isTrue();
    String options =
        IntStream.range(0, 60_000).mapToObj(i -> "k" + i).collect(Collectors.joining("|"));
    for (String schema :
        List.of(
            "{'type':'array','prefixItems':[" + (items + ",").repeat(8) + items + "]}",
            "{'pattern':'" + options + "'}",
            "{'enum':'" + options + "'}",
            "{'properties':{'" + options.substring(0, 40_000) + "':{'contains':1}}}")) {
      assertThatThrownBy(() -> format(schema))
          .isInstanceOf(UserInputException.class)
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
    }
  }

  @Test
  void everyOneOfManyOptionalMembersMayCome() {
    JsonFormat format = format(members(5000, "'additionalProperties':false,"));
    assertThat(Texts.admits(format, "{\"p3\":1,\"p42\":2,\"p4999\":3}")).isTrue();
    assertThat(Texts.admits(format, "{\"p4999\":1,\"p3\":2}")).isFalse();
  }

  @Test
  void aLongShortestAnswerIsRefusedAndNotWrittenOut() {
    for (String schema :
        List.of(
            "{'type':'array','minItems':1000000}",
            "{'type':'string','minLength':200000000}",
            "{'type':'array','minItems':3000,'items':{'type':'array','minItems':3000}}")) {
      JsonFormat format = JsonFormat.schema(json(schema), Vocabularies.of(TOKENS));
      assertThatThrownBy(() -> format.within(4096))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("max_tokens leaves 4096");
    }
  }

  @Test
  void aPatternThatManyMembersShareIsWorkedOutOnce() {
    String pattern = "{'type':'string','pattern':'^[0-9A-Za-z_-]{1,255}$'}";
    String members =
        IntStream.range(0, 60)
            .mapToObj(i -> "'p" + i + "':" + pattern)
            .collect(Collectors.joining(","));
    JsonFormat format = format("{'type':'object','properties':{" + members + "}}");
    assertThat(Texts.admits(format, "{\"p3\":\"a\",\"p59\":\"b_2\"}")).isTrue();
    assertThat(Texts.admits(format, "{\"p3\":\"a\",\"p59\":\"b 2\"}")).isFalse();
  }

  @Test
  void longListsOfValuesAreComparedInOnePass() {
    String values =
        IntStream.range(0, 15_000).mapToObj(i -> "'v" + i + "'").collect(Collectors.joining(","));
    JsonFormat format = format("{'allOf':[{'enum':[" + values + "]},{'enum':[" + values + "]}]}");
    assertThat(Texts.admits(format, "\"v14999\"")).isTrue();
  }

  @Test
  void whatGrowsExponentiallyIsRefusedInOneLine() {
    String definitions =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    "'d%d':{'allOf':[{'$ref':'#/$defs/d%d'},{'$ref':'#/$defs/d%d'}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(","));
    assertThatThrownBy(() -> format("{'$ref':'#/$defs/d0','$defs':{" + definitions + ",'d40':{}}}"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("more work than one request may cause")
        .hasMessageNotContaining("\n");
  }

  @Test
  void numbersAndObjectsAreComparedByValue() {
    JsonFormat format =
        format("{'allOf':[{'enum':[1.0,{'a':1,'b':2},[1,2]]},{'enum':[{'b':2.0,'a':1},1,[2,1]]}]}");
    assertThat(Texts.admits(format, "1.0")).isTrue();
    assertThat(Texts.admits(format, "1")).isTrue();
    assertThat(Texts.admits(format, "{\"a\":1,\"b\":2}")).isTrue();
    assertThat(Texts.admits(format, "[1,2]")).isFalse();
  }
}
