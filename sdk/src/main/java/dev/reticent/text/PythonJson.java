package dev.reticent.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import java.util.Map;

/** The tojson filter as Python writes JSON: a space after each comma and colon, or indented. */
final class PythonJson implements AdvancedFilter {
  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(
      Object value, JinjavaInterpreter interpreter, Object[] args, Map<String, Object> named) {
    Object indent = named.getOrDefault("indent", 0);
    int spaces = indent instanceof Number number ? number.intValue() : 0;
    try {
      return ModelFolder.JSON.writer(printer(spaces)).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("tojson: " + e.getOriginalMessage(), e);
    }
  }

  private static DefaultPrettyPrinter printer(int spaces) {
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEntrySpacing(spaces > 0 ? Separators.Spacing.NONE : Separators.Spacing.AFTER)
            .withArrayValueSpacing(spaces > 0 ? Separators.Spacing.NONE : Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
    DefaultPrettyPrinter.Indenter indenter =
        spaces > 0
            ? new DefaultIndenter(" ".repeat(spaces), "\n")
            : DefaultPrettyPrinter.NopIndenter.instance;
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    return printer;
  }
}
