package dev.reticent.text.jinja;

import static java.util.Map.entry;

import dev.reticent.text.jinja.Filters.Filter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters that give a text. */
final class TextFilters {
  private static final String KEPT_IN_URLS = "_.-~/";

  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("capitalize", text("capitalize", PythonCase::capitalize)),
          entry("center", TextFilters::center),
          entry("escape", (run, a) -> Markup.escaped(only("escape", a))),
          entry("e", (run, a) -> Markup.escaped(only("e", a))),
          entry("forceescape", (run, a) -> Markup.escaped(PythonText.str(only("forceescape", a)))),
          entry("format", TextFilters::format),
          entry("indent", TextFilters::indent),
          entry("lower", text("lower", text -> text.toLowerCase(Locale.ROOT))),
          entry("replace", TextFilters::replace),
          entry("safe", (run, a) -> new Markup(PythonText.str(only("safe", a)))),
          entry("string", (run, a) -> soft(only("string", a))),
          entry("title", text("title", PythonCase::titleOfWords)),
          entry("tojson", Json::filter),
          entry("trim", TextFilters::trim),
          entry("truncate", TextFilters::truncate),
          entry("upper", text("upper", text -> text.toUpperCase(Locale.ROOT))),
          entry("urlencode", (run, a) -> urlEncoded(only("urlencode", a))),
          entry("wordcount", (run, a) -> PythonCase.words(PythonText.str(only("wordcount", a)))));

  private TextFilters() {}

  private static Object only(String name, Arguments arguments) {
    return arguments.bind(name, 1, List.of("value"))[0];
  }

  /** A text as it is, marked or not; anything else as printed. */
  private static Object soft(Object value) {
    return value instanceof Markup ? value : PythonText.str(value);
  }

  private static String plain(Object value, String filter) {
    if (value instanceof Markup) {
      throw TemplateException.unsupported("'" + filter + "' of text marked as safe");
    }
    return PythonText.str(value);
  }

  private static Filter text(String name, UnaryOperator<String> change) {
    return (run, arguments) -> change.apply(plain(only(name, arguments), name));
  }

  private static Object center(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("center", 1, List.of("value", "width"), 80L);
    int width = Numbers.smallIndex(a[1], "center");
    run.budget().size(width);
    return Padding.center(plain(a[0], "center"), width, " ");
  }

  private static Object format(Execution run, Arguments arguments) {
    String format = plain(arguments.first(), "format");
    List<Object> positional = arguments.withoutFirst().positional();
    if (!positional.isEmpty() && !arguments.named().isEmpty()) {
      throw TemplateException.failed("format takes arguments by position or by name, not both");
    }
    return PercentFormat.format(
        run,
        format,
        arguments.named().isEmpty() ? new Tuple(positional) : Dict.of(arguments.named()));
  }

  private static Object indent(Execution run, Arguments arguments) {
    Object[] a =
        arguments.bind("indent", 1, List.of("s", "width", "first", "blank"), 4L, false, false);
    String text = PythonType.expect(a[0], String.class, "indent");
    String indent =
        a[1] instanceof String given
            ? given
            : " ".repeat(Math.max(0, Math.min(10_000, Numbers.smallIndex(a[1], "indent"))));
    List<String> lines = PythonLines.split(text + "\n", false);
    StringBuilder result = new StringBuilder(Ordering.truth(a[2]) ? indent : "");
    for (int i = 0; i < lines.size(); i++) {
      boolean indented = i > 0 && (Ordering.truth(a[3]) || !lines.get(i).isEmpty());
      result.append(i > 0 ? "\n" : "").append(indented ? indent : "").append(lines.get(i));
      run.budget().total(result.length());
    }
    return result.toString();
  }

  private static Object replace(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("replace", 3, List.of("s", "old", "new", "count"), None.NONE);
    long count = a[3] instanceof None ? -1 : Numbers.index(a[3], "replace");
    return Replacing.replace(
        run, plain(a[0], "replace"), plain(a[1], "replace"), plain(a[2], "replace"), count);
  }

  private static Object trim(Execution run, Arguments arguments) {
    Object[] a = arguments.bind("trim", 1, List.of("value", "chars"), None.NONE);
    return Stripping.strip(plain(a[0], "trim"), a[1], true, true);
  }

  private static Object truncate(Execution run, Arguments arguments) {
    Object[] a =
        arguments.bind(
            "truncate",
            1,
            List.of("s", "length", "killwords", "end", "leeway"),
            255L,
            false,
            "...",
            None.NONE);
    String end = PythonType.expect(a[3], String.class, "truncate");
    int length = Numbers.smallIndex(a[1], "truncate");
    int leeway = a[4] instanceof None ? 5 : Numbers.smallIndex(a[4], "truncate");
    int kept = length - CodePoints.length(end);
    if (kept < 0 || leeway < 0) {
      throw TemplateException.failed("truncate: the length is below that of the end");
    }
    if (Sequences.length(a[0]) <= (long) length + leeway) {
      return a[0];
    }
    String text = PythonType.expect(a[0], String.class, "truncate");
    String start = CodePoints.slice(text, 0, kept);
    int blank = start.lastIndexOf(' ');
    return (Ordering.truth(a[2]) || blank < 0 ? start : start.substring(0, blank)) + end;
  }

  private static Object urlEncoded(Object value) {
    if (!PythonType.isText(value) && Sequences.isIterable(value)) {
      throw TemplateException.unsupported("urlencode of a " + PythonType.name(value));
    }
    StringBuilder result = new StringBuilder();
    for (byte b : PythonText.str(value).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean kept = c < 0x80 && (Character.isLetterOrDigit(c) || KEPT_IN_URLS.indexOf(c) >= 0);
      result.append(kept ? "" + c : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return result.toString();
  }
}
