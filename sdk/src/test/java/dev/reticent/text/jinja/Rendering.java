package dev.reticent.text.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** What became of a template here. */
record Rendering(Optional<String> text, Optional<TemplateException> refusal) {
  static final Clock DAY = Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);

  static Rendering of(String template, Map<String, ?> variables) {
    try {
      return new Rendering(
          Optional.of(JinjaTemplate.parse(template).render(variables, DAY)), Optional.empty());
    } catch (TemplateException e) {
      return new Rendering(Optional.empty(), Optional.of(e));
    }
  }

  /** Python would have gone on; the message names the construct and the line. */
  boolean isRefusedByName() {
    return refusal
        .map(e -> e.kind() == TemplateException.Kind.UNSUPPORTED && e.line() > 0)
        .orElse(false);
  }

  /** The same text, the same words of raise_exception, or a failure in both. */
  boolean agreesWith(JsonNode python) {
    if (text.isPresent()) {
      return python.has("text") && python.get("text").textValue().equals(text.get());
    }
    if (!python.has("error")) {
      return false;
    }
    boolean raised = refusal.orElseThrow().kind() == TemplateException.Kind.RAISED;
    return raised
        ? python.get("error").textValue().equals(refusal.orElseThrow().message())
        : !python.get("kind").textValue().equals("raised");
  }

  @Override
  public String toString() {
    return text.map(t -> "«" + t + "»")
        .orElseGet(() -> refusal.map(e -> e.kind() + " " + e.message()).orElse(""));
  }
}
