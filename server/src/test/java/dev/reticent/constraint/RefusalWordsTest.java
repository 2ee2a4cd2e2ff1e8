package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals speak of the schema as it was given, whatever it was rewritten to. */
class RefusalWordsTest {
  private static final Pattern PLACE = Pattern.compile("at #(/\\S*?)?:?(?= )");

  /** Values that keywords refuse, or that make what is rewritten from them too large. */
  private static final List<String> VALUES =
      List.of(
          "7",
          "-1",
          "1.5",
          "'x'",
          "'(?=a)'",
          "'uuid'",
          "null",
          "true",
          "false",
          "[]",
          "{}",
          "[7]",
          "{'a':7}",
          "{'a':[7]}",
          "{'a':['b']}",
          "[{'type':'integer'}]",
          "{'type':'integer'}",
          "{'a':{'type':'integer'}}",
          "{'pattern':'(?=a)'}",
          "{'a':{'pattern':'(?=a)'}}",
          "[{'pattern':'(?=a)'},{'items':{'type':'null'}}]",
          "[[1],{'a':2}]",
          "'#'",
          "'#/none'",
          "'#/%zz'",
          "'#/not/\\u0001negated'",
          "2147483647",
          "1e400");

  /** Where a keyword stands alone, is turned round, or decides what else holds. */
  private static final List<String> FRAMES =
      List.of(
          "%s",
          "{'not':%s}",
          "{'not':{'properties':{'p':%s}}}",
          "{'if':%s,'then':{'type':'string'},'else':{'type':'null'}}",
          "{'oneOf':[%s,{'minLength':2}]}",
          "{'dependentSchemas':{'a':{'not':%s}}}");

  private static void checkWords(JsonNode schema, String message) {
    assertThat(message.replace("#/not/" + Keywords.NEGATED, "")) // which one of the values is
        .doesNotContain("" + Keywords.OWN)
        .doesNotContain("\n");
    List<String> places = new ArrayList<>();
    Matcher place = PLACE.matcher(message);
    while (place.find()) {
      places.add(place.group(1) == null ? "" : place.group(1));
    }
    assertThat(places).as(message).isNotEmpty();
    for (String pointer : places) {
      assertThat(schema.at(JsonPointer.compile(pointer)).isMissingNode()).as(message).isFalse();
    }
  }

  static List<String> keywords() {
    List<String> all = new ArrayList<>(Keywords.HONOURED);
    all.addAll(Keywords.REFUSED);
    return all;
  }

  @Test
  void everyRefusalOfEveryKeywordNamesAPlaceOfTheSchemaAsGiven() {
    int refused = 0;
    for (String keyword : keywords()) {
      for (String value : VALUES) {
        for (String frame : FRAMES) {
          JsonNode schema = Texts.json(frame.formatted("{'" + keyword + "':" + value + "}"));
          try {
            SchemaCompiler.compile(schema, false, SchemaRules.STANDARD);
          } catch (UserInputException e) {
            refused++;
            if (!String.valueOf(e.getMessage()).contains("to be prepared")) {
              checkWords(schema, String.valueOf(e.getMessage()));
            }
          }
        }
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "{'type':'string','not':{'pattern':'.*a.{12}b'}} => #/not/pattern is too large",
        "{'properties':{'x':{'not':{'anyOf':[{'items':{'type':'null'}}]}}}} =>"
            + " #/properties/x/not/anyOf/0/items has no",
        "{'not':{'not':{'contains':{}}}} => #/not/not/contains is a keyword",
      })
  void whatIsTurnedRoundKeepsItsPlace(String schema, String message) {
    assertThatThrownBy(() -> Texts.format(schema)).hasMessageContaining(message);
  }

  @Test
  void dependenciesThatAreTooManyAreNamed() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    ObjectNode all = schema.putObject("dependentSchemas");
    for (int i = 0; i < 200; i++) {
      all.putObject("p" + i).putArray("required").add("p" + (i + 7) % 200);
    }
    assertThatThrownBy(() -> JsonFormat.schema(schema, Texts.VOCABULARY))
        .hasMessageContaining("#/dependentSchemas has more than 1000 alternatives");
  }

  /** Else it would be read as one of ours. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'\\u0001at':'/$defs/a','$defs':{'a':{'type':'null'}}}",
        "{'properties':{'default':{'\\u0001negated':5}}}",
        "{'properties':{'\\u0001x':{}}}"
      })
  void namesThatBeginAsOursAreRefused(String schema) {
    assertThatThrownBy(() -> Texts.format(schema)).hasMessageContaining("U+0001");
  }

  @Test
  void aLongListThatMustNotBeIsNamed() {
    ArrayNode values = JsonNodeFactory.instance.arrayNode();
    IntStream.range(0, 9000).forEach(i -> values.add("v " + i));
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "string");
    schema.putObject("not").set("enum", values);
    assertThatThrownBy(() -> JsonFormat.schema(schema, Texts.VOCABULARY))
        .hasMessageContaining("#/not/enum is too large");
  }
}
