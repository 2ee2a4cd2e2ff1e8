package dev.reticent.text.jinja;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * A template, read once and rendered as often as wanted, by several threads at once.
 *
 * <p>The environment is that of {@code apply_chat_template} of Hugging Face transformers: an
 * immutable sandbox, {@code trim_blocks}, {@code lstrip_blocks}, {@code break} and {@code
 * continue}, {@code generation} blocks, {@code raise_exception}, {@code strftime_now} and a {@code
 * tojson} that escapes no HTML.
 */
public final class JinjaTemplate {
  /** Null, for maps that cannot hold Java's. */
  public static final Object NONE = None.NONE;

  private final Statement.Block body;

  private JinjaTemplate(Statement.Block body) {
    this.body = body;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException if the text is no template, or has a construct that is not supported
   */
  public static JinjaTemplate parse(String source) {
    return new JinjaTemplate(new StatementParser(new Tokens(Lexer.tokens(source))).template());
  }

  /**
   * The text for these variables.
   *
   * @param variables by name; maps, iterables, texts, numbers, booleans and null, as deep as
   *     wanted; a map's order is the order in which a template sees its keys
   * @param clock what {@code strftime_now} reads
   * @throws TemplateException if the template refuses the variables, fails on them, or takes more
   *     work than any chat template needs
   */
  public String render(Map<String, ?> variables, Clock clock) {
    Map<String, Object> values = new HashMap<>();
    variables.forEach((name, value) -> values.put(name, PythonValues.of(value)));
    Execution run = new Execution(clock);
    try {
      body.execute(run, Scope.root(values));
      return run.output();
    } catch (TemplateException e) {
      throw e.at(run.line());
    } catch (StackOverflowError e) {
      throw TemplateException.limit("the template nests too deep").at(run.line());
    } finally {
      Budget.end();
    }
  }
}
