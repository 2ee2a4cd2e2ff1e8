package dev.reticent.evaluation.report;

import dev.reticent.chart.Markup;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A piece of a page. What is filled into one is escaped, unless it is such a piece itself. */
record HtmlPart(String text) {

  /**
   * Fills a template.
   *
   * @param template HTML of our own, with {@code %s} for each value
   */
  static HtmlPart of(String template, Object... values) {
    return new HtmlPart(template.formatted(Arrays.stream(values).map(HtmlPart::escaped).toArray()));
  }

  private static String escaped(Object value) {
    return value instanceof HtmlPart part ? part.text : Markup.escape(value.toString());
  }

  /** A piece for each of these, one behind another. */
  static <T> HtmlPart each(Collection<T> values, Function<T, HtmlPart> part) {
    return new HtmlPart(
        values.stream().map(part).map(HtmlPart::text).collect(Collectors.joining()));
  }

  /** A piece for what is there; nothing for what is not. */
  static <T> HtmlPart each(Optional<T> value, Function<T, HtmlPart> part) {
    return each(value.stream().toList(), part);
  }
}
