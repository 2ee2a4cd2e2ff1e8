package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** {@code json.dumps} with the options that transformers gives the filter {@code tojson}. */
final class Json {
  private static final int DEEPEST = 200;

  private final Execution run;
  private final StringBuilder text = new StringBuilder();
  private final boolean ascii;
  private final Object indent;
  private final String comma;
  private final String colon;
  private final boolean sorted;

  private Json(Execution run, boolean ascii, Object indent, Object separators, boolean sorted) {
    this.run = run;
    this.ascii = ascii;
    this.indent = indent;
    this.sorted = sorted;
    List<Object> given =
        separators instanceof None
            ? List.of(indent instanceof None ? ", " : ",", ": ")
            : Sequences.list(separators);
    if (given.size() != 2) {
      throw TemplateException.failed("tojson: separators must be two texts");
    }
    comma = PythonType.expect(given.get(0), String.class, "tojson, separators");
    colon = PythonType.expect(given.get(1), String.class, "tojson, separators");
  }

  static Object filter(Execution run, Arguments arguments) {
    Object[] a =
        arguments.bind(
            "tojson",
            1,
            List.of("x", "ensure_ascii", "indent", "separators", "sort_keys"),
            false,
            None.NONE,
            None.NONE,
            false);
    Json json = new Json(run, Ordering.truth(a[1]), a[2], a[3], Ordering.truth(a[4]));
    json.write(a[0], 0);
    return json.text.toString();
  }

  private void write(Object value, int depth) {
    run.budget().step();
    run.budget().total(text.length());
    if (depth > DEEPEST) {
      throw TemplateException.limit("tojson: a value nested more than " + DEEPEST + " deep");
    }
    if (PythonType.isText(value)) {
      string(PythonText.str(value));
    } else if (value instanceof Dict dict) {
      object(dict, depth);
    } else if (value instanceof List<?> list) {
      array(list, depth);
    } else if (value instanceof Tuple tuple) {
      array(tuple.items(), depth);
    } else {
      text.append(scalar(value));
    }
  }

  private static String scalar(Object value) {
    if (value instanceof None) {
      return "null";
    }
    if (value instanceof Boolean bool) {
      return bool ? "true" : "false";
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      return number.isNaN() ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    }
    if (!Numbers.isNumber(value)) {
      throw TemplateException.failed(
          "tojson: an object of type " + PythonType.name(value) + " has no JSON");
    }
    return PythonText.str(value);
  }

  private void array(List<?> items, int depth) {
    text.append('[');
    for (Iterator<?> rest = items.iterator(); rest.hasNext(); ) {
      newLine(depth + 1);
      write(rest.next(), depth + 1);
      text.append(rest.hasNext() ? comma : "");
    }
    close(items.isEmpty(), ']', depth);
  }

  private void object(Dict dict, int depth) {
    List<Dict.Entry> entries = new ArrayList<>(dict.entries());
    if (sorted) {
      entries.sort((a, b) -> Sorting.compare(a.key(), b.key()));
    }
    text.append('{');
    for (Iterator<Dict.Entry> rest = entries.iterator(); rest.hasNext(); ) {
      Dict.Entry entry = rest.next();
      newLine(depth + 1);
      boolean named = PythonType.isText(entry.key());
      string(named ? PythonText.str(entry.key()) : scalar(entry.key()));
      text.append(colon);
      write(entry.value(), depth + 1);
      text.append(rest.hasNext() ? comma : "");
    }
    close(entries.isEmpty(), '}', depth);
  }

  private void close(boolean empty, char bracket, int depth) {
    if (!empty) {
      newLine(depth);
    }
    text.append(bracket);
  }

  private void newLine(int depth) {
    if (indent instanceof None) {
      return;
    }
    String unit =
        indent instanceof String given
            ? given
            : " ".repeat(Math.max(0, Math.min(1000, Numbers.smallIndex(indent, "tojson"))));
    text.append('\n').append(unit.repeat(depth));
  }

  private void string(String value) {
    text.append('"');
    value
        .chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                  if (c < 0x20 || (ascii && c > 0x7E)) {
                    text.append(String.format(Locale.ROOT, "\\u%04x", c));
                  } else {
                    text.append((char) c);
                  }
                }
              }
            });
    text.append('"');
  }
}
