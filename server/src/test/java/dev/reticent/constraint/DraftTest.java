package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A schema means what the draft says that it names; an independent validator is the judge. */
class DraftTest {
  private static final List<String> VALUES =
      List.of("1", "2", "3", "'a'", "'b'", "[]", "[1]", "['a']", "{}", "{'a':1}", "{'a':'b'}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "V4 | 'minimum':2,'exclusiveMinimum':true",
        "V4 | 'minimum':2,'exclusiveMinimum':false",
        "V4 | 'const':1",
        "V4 | 'if':{'type':'string'},'then':false",
        "V4 | 'contains':{'type':'string'}",
        "V4 | 'not':{'maximum':2,'exclusiveMaximum':true,'type':'number'}",
        "V4 | 'definitions':{'n':{'id':'#n','type':'number'}},'$ref':'#n'",
        "V6 | 'const':1",
        "V6 | 'if':{'type':'string'},'then':false",
        "V7 | 'if':{'type':'string'},'then':false",
        "V7 | 'definitions':{'n':{'$id':'#n','type':'number'}},'properties':{'a':{'$ref':'#n','maximum':0}}",
        "V7 | 'dependentRequired':{'a':['b']}",
        "V7 | '$id':'http://h/a/','definitions':{'c':{'$id':'http://h/n.json','type':'string'},'d':{'$id':'n.json','type':'number'}},'allOf':[{'$id':'http://h/','$ref':'n.json'}]",
        "V201909 | 'dependentRequired':{'a':['b']}",
        "V201909 | '$defs':{'n':{'type':'number'}},'$ref':'#/$defs/n','maximum':2",
        "V201909 | 'prefixItems':[{'type':'string'}]",
        "V202012 | 'prefixItems':[{'type':'string'}]",
      })
  void whatFitsIsWhatTheNamedDraftAdmits(VersionFlag draft, String keywords) {
    String schema = "{'$schema':'" + draft.getId() + "'," + keywords + "}";
    JsonSchema judge = JsonSchemaFactory.getInstance(draft).getSchema(Texts.json(schema));
    JsonFormat format = Texts.format(schema);
    for (String value : VALUES) {
      String text = value.replace('\'', '"');
      assertThat(Texts.admits(format, text))
          .as("%s under %s", text, schema)
          .isEqualTo(judge.validate(Judge.parse(text)).isEmpty());
    }
  }
}
