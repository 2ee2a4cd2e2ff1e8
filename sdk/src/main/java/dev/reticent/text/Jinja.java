package dev.reticent.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.reticent.config.UserInputException;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Jinjava, set up to render chat templates as Python's jinja2 does.
 *
 * <p>Three constructs that Jinjava does not know are rewritten first: a reversing slice, arithmetic
 * in the keyword arguments of {@code namespace}, and the {@code generation} block, which only marks
 * text.
 */
final class Jinja {
  private static final Pattern REVERSED = Pattern.compile("(\\w[\\w.]*)\\[::-1]");
  private static final Pattern GENERATION =
      Pattern.compile("(\\{%[-+]?\\s*)(end)?generation(\\s*[-+]?%})");
  private static final Pattern NAMESPACE = Pattern.compile("\\bnamespace\\(");
  private static final String CLOCK = "reticent_clock";
  private static final Jinjava ENGINE = engine();

  private Jinja() {}

  private static Jinjava engine() {
    LegacyOverrides likePython =
        LegacyOverrides.newBuilder()
            .withEvaluateMapKeys(true)
            .withIterateOverMapKeys(true)
            .withUsePyishObjectMapper(true)
            .withUseNaturalOperatorPrecedence(true)
            .withAllowAdjacentTextNodes(true)
            .withUseTrimmingForNotesAndExpressions(true)
            .withKeepNullableLoopValues(true)
            .withHandleBackslashInQuotesOnly(true)
            .build();
    Jinjava engine =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false)
                .withLegacyOverrides(likePython)
                .withElResolver(new PythonMethods())
                .build());
    engine.registerFunction(
        new ELFunctionDefinition("", "raise_exception", Jinja.class, "raise", Object.class));
    engine.registerFunction(
        new ELFunctionDefinition("", "strftime_now", Jinja.class, "now", String.class));
    engine.registerFilter(new PythonJson());
    return engine;
  }

  /** Called by templates. */
  @SuppressWarnings("DoNotCallSuggester")
  public static String raise(Object message) {
    throw new RaisedByTemplate(String.valueOf(message));
  }

  /** Called by templates. */
  public static String now(String format) {
    Clock clock =
        (Clock)
            Objects.requireNonNull(JinjavaInterpreter.getCurrent().getContext().get(CLOCK), CLOCK);
    return Strftime.format(format, ZonedDateTime.now(clock));
  }

  static String adapt(String source) {
    String adapted = REVERSED.matcher(source).replaceAll("($1|reverse)");
    adapted =
        GENERATION
            .matcher(adapted)
            .replaceAll(
                m ->
                    Matcher.quoteReplacement(
                        m.group(1) + (m.group(2) == null ? "if true" : "endif") + m.group(3)));
    return FilteredLoops.rewrite(parenthesiseNamespaceArguments(adapted));
  }

  private static String parenthesiseNamespaceArguments(String source) {
    StringBuilder result = new StringBuilder();
    Matcher call = NAMESPACE.matcher(source);
    int done = 0;
    while (call.find(done)) {
      result.append(source, done, call.end());
      done = call.end();
      int depth = 0;
      boolean value = false;
      for (; done < source.length() && (depth > 0 || source.charAt(done) != ')'); done++) {
        char c = source.charAt(done);
        depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
        if (depth == 0 && c == '=') {
          result.append("=(");
          value = true;
        } else if (depth == 0 && c == ',' && value) {
          result.append("),");
          value = false;
        } else {
          result.append(c);
        }
      }
      result.append(value ? ")" : "");
    }
    return result.append(source.substring(done)).toString();
  }

  static String render(String origin, String source, Map<String, Object> values, Clock clock) {
    Map<String, Object> bindings = new HashMap<>(values);
    bindings.put(CLOCK, clock);
    // jinja2 drops one newline at the very end of a template.
    String template = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    RenderResult result = ENGINE.renderForResult(template, bindings);
    if (!result.getErrors().isEmpty()) {
      TemplateError error = result.getErrors().get(0);
      throw result.getErrors().stream()
          .map(TemplateError::getException)
          .map(Jinja::raised)
          .filter(message -> !message.isEmpty())
          .findFirst()
          .map(
              message ->
                  new UserInputException(
                      origin + ": the chat template refuses the conversation: " + message))
          .orElseGet(
              () ->
                  new UserInputException(
                      origin
                          + ", line "
                          + error.getLineno()
                          + ": the chat template cannot be rendered: "
                          + error.getMessage()));
    }
    return result.getOutput();
  }

  private static String raised(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof RaisedByTemplate) {
        return String.valueOf(t.getMessage());
      }
    }
    return "";
  }

  private static final class RaisedByTemplate extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RaisedByTemplate(String message) {
      super(message);
    }
  }
}
