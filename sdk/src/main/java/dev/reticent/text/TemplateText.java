package dev.reticent.text;

import dev.reticent.config.UserInputException;
import dev.reticent.text.jinja.JinjaTemplate;
import dev.reticent.text.jinja.TemplateException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** A template and where it stands. One that cannot be read is refused when it is needed. */
final class TemplateText {
  private final String origin;
  private final String source;
  private final Optional<JinjaTemplate> template;
  private final Optional<TemplateException> problem;

  TemplateText(String origin, String source) {
    this.origin = origin;
    this.source = source;
    Optional<JinjaTemplate> read = Optional.empty();
    Optional<TemplateException> failure = Optional.empty();
    try {
      read = Optional.of(JinjaTemplate.parse(source));
    } catch (TemplateException e) {
      failure = Optional.of(e);
    }
    template = read;
    problem = failure;
  }

  /** Whether its own text holds another. */
  boolean mentions(String text) {
    return source.contains(text);
  }

  String render(Map<String, Object> values, Clock clock) {
    try {
      return template
          .orElseThrow(() -> problem.orElseThrow(IllegalStateException::new))
          .render(values, clock);
    } catch (TemplateException e) {
      throw refusal(e);
    }
  }

  private UserInputException refusal(TemplateException e) {
    String message =
        switch (e.kind()) {
          case RAISED -> origin + ": the chat template refuses the conversation: " + e.message();
          case SYNTAX -> place(e) + ": the chat template cannot be read: " + e.message();
          default -> place(e) + ": the chat template cannot be rendered: " + e.message();
        };
    return new UserInputException(message, e);
  }

  private String place(TemplateException e) {
    return e.line() > 0 ? origin + ", line " + e.line() : origin;
  }
}
