package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not honoured is refused when it comes in, with its place. */
class SchemaRefusalTest {

  @ParameterizedTest
  @ValueSource(strings = {"contains", "minContains", "maxContains", "$recursiveRef"})
  void keywordsThatAreNotHonouredAreRefusedWhereverTheyStand(String keyword) {
    String schema =
        "{'type':'object','properties':{'a/b':{'type':'array','items':{'" + keyword + "':1}}}}";
    assertThatThrownBy(() -> Texts.format(schema))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("#/properties/a~1b/items/" + keyword + " ")
        .hasMessageContaining("remove it");
  }

  @Test
  void whatWouldTakeTooLongIsRefused() {
    String deep = "(".repeat(20_000) + ")".repeat(20_000);
    String empty = "(".repeat(5) + ")" + "{1000})".repeat(4) + "{1000}";
    for (String pattern : List.of(deep, empty, "(a?){1000}(b?){1000}c{1000}", "(.*,){900}")) {
      assertThatThrownBy(() -> Texts.format("{'pattern':'" + pattern + "'}"))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("#/pattern");
    }
    StringBuilder chain = new StringBuilder("{'$ref':'#/$defs/d0','$defs':{'d9000':{}");
    for (int i = 0; i < 9000; i++) {
      chain.append(",'d").append(i).append("':{'$ref':'#/$defs/d").append(i + 1).append("'}");
    }
    assertThatThrownBy(() -> Texts.format(chain + "}}"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("too long");
  }

  /** Sums of bytes and lists that have no limit of their own. */
  @Test
  void lengthsAndListsBeyondAllMeasureAreRefusedToo() {
    for (String least : List.of("2147483647", "1000000000")) {
      assertThatThrownBy(
              () -> Texts.format("{'type':'string','minLength':" + least + "}").within(100))
          .isInstanceOf(UserInputException.class);
    }
    String values =
        IntStream.range(0, 9000).mapToObj(i -> "'v " + i + "'").collect(Collectors.joining(","));
    assertThatThrownBy(
            () -> Texts.format("{'type':'string','not':{'enum':[" + values + "]}}").within(100))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void aModelWithoutAnEndTokenIsRefused() {
    assertThatThrownBy(() -> new JsonVocabulary(Vocabularies.tokens(300, 1), new int[0]))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("end token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "7 => # is 7",
        "{'type':'text'} => #/type is \"text\"",
        "{'type':'string','minLength':-1} => #/minLength is -1",
        "{'type':'string','maxLength':1.5} => #/maxLength is 1.5",
        "{'type':'string','minItems':'x'} => #/minItems is \"x\"",
        "{'pattern':'(?=a)b'} => #/pattern cannot be honoured",
        "{'pattern':'a\\\\bc'} => #/pattern cannot be honoured",
        "{'pattern':'(a'} => #/pattern cannot be honoured",
        "{'pattern':'(a$)'} => #/pattern cannot be honoured",
        "{'pattern':'(.{900}){900}'} => #/pattern cannot be honoured",
        "{'pattern':'^(a|b)*a(a|b){14}$'} => #/pattern is too large",
        "{'minimum':'1'} => #/minimum is \"1\"",
        "{'enum':[]} => #/enum is []",
        "{'prefixItems':{}} => #/prefixItems is {}",
        "{'uniqueItems':true} => #/uniqueItems is honoured",
        "{'minProperties':1} => #/minProperties is more",
        "{'maxProperties':1} => #/maxProperties is honoured",
        "{'multipleOf':0.123456} => #/multipleOf is 0.123456",
        "{'unevaluatedProperties':false,'anyOf':[{}]} => #/unevaluatedProperties is not honoured",
        "{'not':{'items':{'type':'null'}}} => #/not/items has no exact opposite",
        "{'not':{'type':'integer'}} => #/not/type has no exact opposite",
        "{'nullable':true} => #/nullable is no keyword",
        "{'required':'a'} => #/required is \"a\"",
        "{'properties':[]} => #/properties is []",
        "{'anyOf':{}} => #/anyOf is {}",
        "{'allOf':[3]} => #/allOf/0 is 3",
        "{'$ref':'other.json'} => #/$ref is other.json",
        "{'$ref':'#/$defs/none'} => #/$ref is #/$defs/none",
        "{'$ref':'#'} => refers to itself",
        "{'anyOf':[{'type':'null'},{'$ref':'#'}]} => refers to itself",
        "{'oneOf':[{'type':'integer'},{'type':'number'}]} => #/oneOf has options 0 and 1",
        "false => admits no answer",
        "{'type':'integer','minimum':3,'exclusiveMaximum':3} => admits no answer",
        "{'type':'string','minLength':3,'maxLength':2} => admits no answer",
        "{'enum':['a','b'],'type':'integer'} => admits no answer",
        "{'type':'object','required':['a'],'additionalProperties':false} => admits no answer",
        "{'type':'string','pattern':'^a$','minLength':2} => admits no answer"
      })
  void whatIsWrongIsNamed(String schema, String message) {
    assertThatThrownBy(() -> Texts.format(schema))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("The JSON schema at #")
        .hasMessageContaining(message.substring(message.indexOf('#') == 0 ? 1 : 0));
  }
}
