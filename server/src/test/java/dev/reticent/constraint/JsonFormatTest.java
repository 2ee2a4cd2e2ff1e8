package dev.reticent.constraint;

import static dev.reticent.constraint.Texts.admits;
import static dev.reticent.constraint.Texts.admitted;
import static dev.reticent.constraint.Texts.format;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.sampling.TokenConstraint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which texts fit: the corners of JSON and of schemas, one by one. */
class JsonFormatTest {

  @Test
  void stringsHoldEscapesAndWholeCharactersOnly() {
    List<String> good =
        List.of(
            "''",
            "'a b'",
            "'\\n\\t\\\\\\/'",
            "'\\u00e9'",
            "'é日😀'",
            "'\\ud83d\\ude00'",
            "'\\uD7FF'");
    List<String> bad =
        List.of(
            "'", "'a", "'\n'", "'\\x'", "'\\ud83d'", "'\\ude00'", "'\\ud83d\\u0041'", "'\\u00e'");
    for (String text : good) {
      assertThat(admits(format("{'type':'string'}"), text.replace('\'', '"'))).as(text).isTrue();
    }
    for (String text : bad) {
      assertThat(admits(format("{'type':'string'}"), text.replace('\'', '"'))).as(text).isFalse();
    }
  }

  @Test
  void bytesThatAreNotUtf8AreKeptOut() {
    int[][] bad = {
      {0x80}, {0xC0, 0x80}, {0xC3, 0x28}, {0xED, 0xA0, 0x80}, {0xF4, 0x90, 0x80, 0x80}, {0xE2, 0x82}
    };
    for (int[] middle : bad) {
      byte[] text = new byte[middle.length + 2];
      text[0] = '"';
      text[text.length - 1] = '"';
      for (int i = 0; i < middle.length; i++) {
        text[i + 1] = (byte) middle[i];
      }
      assertThat(admits(format("{'type':'string'}"), text)).isFalse();
    }
  }

  @Test
  void lengthsCountCharactersHoweverTheyAreSpelled() {
    List<String> two = List.of("\"ab\"", "\"é😀\"", "\"\\ud83d\\ude00x\"", "\"\\n\\u0041\"");
    List<String> others = List.of("\"\"", "\"a\"", "\"😀\"", "\"abc\"");
    String schema = "{'type':'string','minLength':2,'maxLength':2}";
    assertThat(admitted(schema, two)).isEqualTo(two);
    assertThat(admitted(schema, others)).isEmpty();
  }

  @Test
  void membersComeInOrderAndNoneTwice() {
    String schema =
        "{'type':'object','properties':{'a':{},'b':{},'c':{}},'required':['b'],"
            + "'additionalProperties':{'type':'integer'}}";
    List<String> good =
        List.of(
            "{\"b\":1}",
            "{\"a\":1,\"b\":2}",
            "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5}",
            "{ \"b\": 1, \"d\": 2 }",
            "{\n  \"b\": 1,\n  \"aa\": 2\n}",
            "{\"b\":{\"b\":1,\"x\":2}}");
    List<String> bad =
        List.of(
            "{}",
            "{\"a\":1}",
            "{\"b\":1,\"a\":2}",
            "{\"b\":1,\"b\":2}",
            "{\"b\":1,\"d\":2,\"d\":3}",
            "{\"b\":1,\"d\":\"x\"}",
            "{\"b\":1,}",
            "{\"b\":{\"x\":1,\"y\":1,\"x\":2}}",
            "{\"b\":1,\"d\":2,\"e\":3,\"d\":4}",
            "{  \"b\":1}",
            " {\"b\":1}",
            "{\"b\":1}\n");
    assertThat(admitted(schema, good)).isEqualTo(good);
    assertThat(admitted(schema, bad)).isEmpty();
  }

  @Test
  void alternativesThatBeginAlikeAreReadSideBySide() {
    String schema =
        "{'anyOf':[{'type':'object','properties':{'kind':{'const':'cat'},'lives':{'type':'integer'}},"
            + "'required':['kind','lives'],'additionalProperties':false},{'type':'object',"
            + "'properties':{'kind':{'const':'car'},'doors':{'enum':[3,5]}},"
            + "'required':['kind','doors'],'additionalProperties':false}]}";
    List<String> good = List.of("{\"kind\":\"cat\",\"lives\":9}", "{\"kind\":\"car\",\"doors\":5}");
    List<String> bad = List.of("{\"kind\":\"cat\",\"doors\":5}", "{\"kind\":\"car\",\"doors\":4}");
    assertThat(admitted(schema, good)).isEqualTo(good);
    assertThat(admitted(schema, bad)).isEmpty();
  }

  @Test
  void recursionGoesAsDeepAsParsersAreSureToRead() {
    JsonFormat format = format("{'type':'array','items':{'$ref':'#'}}");
    assertThat(admits(format, "[".repeat(64) + "]".repeat(64))).isTrue();
    assertThat(admits(format, "[".repeat(65) + "]".repeat(65))).isFalse();
  }

  @Test
  void aRecursionThatMustGoOnForeverIsRefused() {
    String schema = "{'type':'object','properties':{'next':{'$ref':'#'}},'required':['next']}";
    assertThatThrownBy(() -> format(schema)).hasMessageContaining("admits no answer");
  }

  @Test
  void aListOfManyValuesIsReadAsOneTree() {
    String values =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "'value " + i + "'")
            .collect(Collectors.joining(","));
    JsonFormat format = format("{'enum':[" + values + "]}");
    assertThat(admits(format, "\"value 19999\"")).isTrue();
    assertThat(admits(format, "\"value 20000\"")).isFalse();
  }

  @Test
  void oneNumberMayBeginAnother() {
    assertThat(admitted("{'enum':[1,12,125]}", List.of("1", "12", "125", "2", "15", "1255")))
        .containsExactly("1", "12", "125");
  }

  @Test
  void manyMembersAreNoTrouble() {
    String properties =
        IntStream.range(0, 300)
            .mapToObj(i -> "'p" + i + "':{'type':'integer'}")
            .collect(Collectors.joining(","));
    JsonFormat format =
        format("{'type':'object','additionalProperties':false,'properties':{" + properties + "}}");
    assertThat(admits(format, "{\"p7\":1,\"p70\":2,\"p299\":3}")).isTrue();
    assertThat(admits(format, "{\"p70\":1,\"p7\":2}")).isFalse();
  }

  @Test
  void ambiguousRecursionStaysSmall() {
    JsonFormat format =
        format(
            "{'anyOf':[{'type':'array','items':{'$ref':'#'},'maxItems':3},"
                + "{'type':'array','items':{'$ref':'#'},'minItems':1},{'type':'integer'}]}");
    assertThat(admits(format, "[".repeat(12) + "1" + "]".repeat(12))).isTrue();
    assertThat(admits(format, "[".repeat(60) + "1" + "]".repeat(60))).isTrue();
  }

  /** The mask, which skips and remembers, against each token tried by itself. */
  @Test
  void aTokenIsAllowedExactlyWhenItsBytesAre() {
    List<byte[]> tokens = Vocabularies.tokens(900, 3);
    SplittableRandom random = new SplittableRandom(5);
    for (long seed = 20; seed < 28; seed++) {
      Shape shape;
      try {
        shape = SchemaCompiler.compile(new RandomSchemas(seed).next(), false, SchemaRules.STANDARD);
      } catch (RuntimeException e) {
        continue;
      }
      Grammar grammar = new Grammar(shape, new TokenTable(tokens, new int[] {Vocabularies.END}));
      State state = grammar.start();
      for (int step = 0; step < 25; step++) {
        BitSet expected = new BitSet();
        for (int id = 1; id < tokens.size(); id++) {
          State after = state;
          for (byte b : tokens.get(id)) {
            after = grammar.next(after, b & 0xFF);
          }
          expected.set(id, !after.isDead());
        }
        BitSet allowed = grammar.allowed(state, 1 << 20);
        assertThat(allowed).isEqualTo(expected);
        int[] ids = allowed.stream().toArray();
        if (ids.length == 0) {
          break;
        }
        for (byte b : tokens.get(ids[random.nextInt(ids.length)])) {
          state = grammar.next(state, b & 0xFF);
        }
      }
    }
  }

  @Test
  void aVocabularyWithoutEveryByteSpellsTheRestAsEscapes() {
    List<byte[]> tokens =
        IntStream.range(0, 128)
            .mapToObj(b -> new byte[] {(byte) b})
            .collect(Collectors.toCollection(ArrayList::new));
    tokens.add("é".getBytes(StandardCharsets.UTF_8));
    tokens.add(new byte[] {(byte) 0xC3});
    JsonVocabulary vocabulary = Vocabularies.of(tokens);
    JsonFormat fixed = JsonFormat.schema(Texts.json("{'const':'ü'}"), vocabulary);
    TokenConstraint constraint = fixed.within(20).create();
    for (int c : "\"\\u00fc\"".toCharArray()) {
      assertThat(constraint.allowed().get(c)).isTrue();
      constraint.accept(c);
    }
    TokenConstraint free =
        JsonFormat.schema(Texts.json("{'type':'string'}"), vocabulary).within(20).create();
    free.accept('"');
    assertThat(free.allowed().get(128)).as("a whole character").isTrue();
    assertThat(free.allowed().get(129)).as("half of one that nothing completes").isFalse();
  }
}
