package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formats by choice, and what strict asks. */
class SchemaRulesTest {
  private static final SchemaRules STRICT = SchemaRules.STANDARD.withStrict(true);

  @Test
  void aFormatThatIsNotAssertedIsAnAnnotationInEveryPlace() {
    SchemaRules dates = SchemaRules.STANDARD.withAssertedFormats(List.of("date"));
    for (String schema :
        List.of(
            "{'format':'%s'}",
            "{'not':{'not':{'format':'%s'}}}",
            "{'type':'object','propertyNames':{'format':'%s'}}")) {
      boolean names = schema.contains("propertyNames");
      String text = names ? "{\"x\":1}" : "\"x\"";
      String uuid = schema.formatted("uuid");
      JsonFormat free = JsonFormat.schema(Texts.json(uuid), Texts.VOCABULARY, dates);
      assertThat(Texts.admits(free, text)).as(uuid).isTrue();
      if (!schema.contains("not")) {
        String date = schema.formatted("date");
        JsonFormat held = JsonFormat.schema(Texts.json(date), Texts.VOCABULARY, dates);
        assertThat(Texts.admits(held, text)).as(date).isFalse();
      }
    }
    assertThatThrownBy(() -> SchemaRules.STANDARD.withAssertedFormats(List.of("colour")))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("colour");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'string'} | # ",
        "{'anyOf':[{'type':'object'}],'type':'object','additionalProperties':false} | # ",
        "{'type':'object'} | # ",
        "{'type':'object','properties':{'a':{}},'additionalProperties':false} | #/properties/a ",
        "{'type':'object','properties':{'a':{'type':'object'}},'required':['a'],'additionalProperties':false}"
            + " | #/properties/a ",
        "{'type':'object','properties':{'a':{'x-note':1}},'required':['a'],'additionalProperties':false}"
            + " | #/properties/a/x-note ",
        "{'type':'object','additionalProperties':false,'$defs':{'d':{'anyOf':[{'properties':{}}]}}}"
            + " | #/$defs/d/anyOf/0 ",
      })
  void whatStrictDoesNotAllowIsRefusedWithItsPlace(String schema, String place) {
    assertThatThrownBy(() -> STRICT.check(Texts.json(schema)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("at " + place.strip() + " ");
    assertThatCode(() -> SchemaRules.STANDARD.check(Texts.json(schema))).doesNotThrowAnyException();
  }

  @Test
  void whatClientsMakeOfTypesIsStrict() {
    STRICT.check(
        Texts.json(
            "{'type':'object','title':'Step','properties':{'next':{'anyOf':[{'$ref':'#'},{'type':'null'}]},"
                + "'at':{'type':'string','format':'date','description':'d'}},"
                + "'required':['next','at'],'additionalProperties':false}"));
  }
}
