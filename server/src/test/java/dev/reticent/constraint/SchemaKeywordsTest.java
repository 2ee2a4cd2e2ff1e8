package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keyword by keyword: a text is let through exactly when an independent validator takes it. */
class SchemaKeywordsTest {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "2",
          "3",
          "-3",
          "6",
          "0.5",
          "0.25",
          "1.5",
          "0.07",
          "2.50",
          "7",
          "'a'",
          "'b'",
          "'ab'",
          "''",
          "'x-1'",
          "[]",
          "[1]",
          "[1,2]",
          "['a']",
          "['a',1]",
          "['a',1,true]",
          "{}",
          "{'a':1}",
          "{'a':'x'}",
          "{'a':1,'b':2}",
          "{'b':2}",
          "{'a':2,'b':2}",
          "{'x-1':1}",
          "{'x-1':'s'}",
          "{'x-a':1,'y':true}",
          "{'y':true}",
          "{'kind':'a','a':1}",
          "{'kind':'b','b':2}",
          "{'kind':'a','b':2}",
          "{'a':1,'c':3}",
          "{'a':{'a':{}}}");

  static Stream<String> schemas() {
    return Stream.of(
        "{'patternProperties':{'^x-':{'type':'integer'}},'additionalProperties':{'type':'boolean'}}",
        "{'patternProperties':{'^x-':{'type':'integer'},'a$':{'minimum':1}},'type':'object'}",
        "{'patternProperties':{'a':{'type':'integer'}},'properties':{'a':{'minimum':2}}}",
        "{'patternProperties':{'^x-':false},'additionalProperties':false,'properties':{'a':{}}}",
        "{'propertyNames':{'pattern':'^[ab]$'},'type':'object'}",
        "{'propertyNames':{'enum':['a','kind']},'type':'object'}",
        "{'propertyNames':{'maxLength':1}}",
        "{'not':{'type':'string'}}",
        "{'not':{'enum':[1,'a',null,true]}}",
        "{'not':{'const':'ab'},'type':['string','null']}",
        "{'not':{'required':['a']}}",
        "{'not':{'required':['a','b']},'type':'object'}",
        "{'not':{'anyOf':[{'required':['a']},{'required':['b']}]}}",
        "{'not':{'properties':{'a':{'const':1}},'required':['a']},'type':'object'}",
        "{'not':{'not':{'type':'array','maxItems':1}}}",
        "{'not':{'pattern':'^a'},'type':'string'}",
        "{'not':{'minimum':1,'type':'number'}}",
        "{'not':{'minLength':1},'type':'string'}",
        "{'not':{}, 'type':'null'}",
        "{'oneOf':[{'maximum':2,'type':'number'},{'minimum':2,'type':'number'}]}",
        "{'oneOf':[{'required':['a']},{'required':['b']}],'type':'object'}",
        "{'oneOf':[{'maxLength':1},{'minLength':1}],'type':'string'}",
        "{'if':{'properties':{'kind':{'const':'a'}},'required':['kind']},'then':{'required':['a']},"
            + "'else':{'required':['b']},'type':'object'}",
        "{'if':{'type':'string'},'then':{'minLength':1}}",
        "{'if':{'type':'string'}}",
        "{'dependentRequired':{'a':['b']}}",
        "{'dependencies':{'a':['c'],'b':{'properties':{'a':{'const':2}}}}}",
        "{'dependentSchemas':{'a':{'properties':{'b':{'const':2}},'required':['b']}}}",
        "{'multipleOf':3}",
        "{'multipleOf':0.5,'type':'number'}",
        "{'multipleOf':0.01,'minimum':0,'type':'number'}",
        "{'type':'integer','multipleOf':2}",
        "{'allOf':[{'multipleOf':2},{'multipleOf':3}],'type':'integer'}",
        "{'prefixItems':[{'type':'string'},{'type':'integer'}],'items':{'type':'boolean'}}",
        "{'prefixItems':[{'type':'string'}],'unevaluatedItems':false}",
        "{'properties':{'a':{}},'unevaluatedProperties':false}",
        "{'$id':'https://example.com/all','$defs':{'n':{'$anchor':'whole','type':'integer'},"
            + "'s':{'$id':'text','type':'string'}},'anyOf':[{'$ref':'#whole'},{'$ref':'text'},"
            + "{'$ref':'https://example.com/all#/$defs/n'}]}",
        "{'$dynamicAnchor':'node','type':'object','additionalProperties':{'$dynamicRef':'#node'}}",
        "{'minProperties':1,'required':['a']}",
        "{'maxProperties':2,'properties':{'a':{},'b':{}},'additionalProperties':false}",
        "{'uniqueItems':true,'maxItems':1,'type':'array'}",
        "{'type':'string','x-note':1,'example':'a','discriminator':{'propertyName':'kind'}}");
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void whatFitsIsWhatAValidatorTakes(String schema) {
    JsonNode json = Texts.json(schema);
    Judge judge = Judge.of(json);
    JsonFormat format;
    try {
      format = Texts.format(schema);
    } catch (dev.reticent.config.UserInputException e) {
      assertThat(e).hasMessageContaining("admits no answer"); // then no value is valid
      assertThat(VALUES).noneMatch(v -> valid(judge, v));
      return;
    }
    for (String value : VALUES) {
      assertThat(orders(value).anyMatch(text -> Texts.admits(format, text)))
          .as("%s under %s", value, schema)
          .isEqualTo(valid(judge, value));
    }
  }

  /** A value with its members in either order: answers have one of their own. */
  private static Stream<String> orders(String value) {
    JsonNode json = Judge.parse(value.replace('\'', '"'));
    if (!json.isObject()) {
      return Stream.of(value.replace('\'', '"'));
    }
    ObjectNode turned = Judge.JSON.createObjectNode();
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    Collections.reverse(names);
    names.forEach(name -> turned.set(name, json.get(name)));
    return Stream.of(json.toString(), turned.toString());
  }

  private static boolean valid(Judge judge, String value) {
    return judge.schema().validate(Judge.parse(value.replace('\'', '"'))).isEmpty();
  }

  @Test
  void theOldNamesOfListsAreRead() {
    JsonFormat format = Texts.format("{'items':[{'type':'string'}],'additionalItems':false}");
    assertThat(Texts.admits(format, "[\"a\"]")).isTrue();
    assertThat(Texts.admits(format, "[\"a\",1]")).isFalse();
  }

  /** Names of a pattern that are few: when all are taken, none may begin. */
  @Test
  void noNameBeginsThatCannotEnd() {
    JsonFormat format =
        Texts.format(
            "{'type':'object','properties':{'a':{'type':'null'},'aa':{'type':'null'}},"
                + "'patternProperties':{'^a{1,3}$':{}},'additionalProperties':false}");
    assertThat(Texts.admits(format, "{\"a\":null,\"aa\":null,\"aaa\":1}")).isTrue();
    assertThat(Texts.admits(format, "{\"aaa\":1,\"a\":null}")).isFalse();
    UniformModel model =
        new UniformModel(Vocabularies.tokens(600, 3), new java.util.SplittableRandom(2));
    JsonFormat closed =
        JsonFormat.schema(
            Texts.json(
                "{'type':'object','patternProperties':{'^a{1,2}$':{'type':'null'}},"
                    + "'additionalProperties':false}"),
            Vocabularies.of(model.tokens()));
    IntStream.range(0, 40)
        .forEach(
            i -> assertThat(Judge.parse(model.answer(closed.within(60), 60)).size()).isLessThan(3));
  }
}
