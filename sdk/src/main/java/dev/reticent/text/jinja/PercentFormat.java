package dev.reticent.text.jinja;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code 'text' % values}. */
final class PercentFormat {
  private static final Pattern FIELD =
      Pattern.compile(
          "%(?:\\((?<name>[^()]*)\\))?(?<flags>[-+ #0]*)(?<width>\\*|\\d{1,5})?"
              + "(?:\\.(?<precision>\\*|\\d{0,5}))?[hlL]?(?<type>.)?",
          Pattern.DOTALL);

  private final Execution run;
  private final Object values;
  private final List<Object> positional;
  private int used;
  private boolean named;

  private PercentFormat(Execution run, Object values) {
    this.run = run;
    this.values = values;
    positional = values instanceof Tuple tuple ? tuple.items() : List.of(values);
  }

  static String format(Execution run, String format, Object values) {
    PercentFormat formatting = new PercentFormat(run, values);
    StringBuilder result = new StringBuilder();
    Matcher field = FIELD.matcher(format);
    int at = 0;
    while (field.find(at)) {
      result.append(format, at, field.start());
      result.append(formatting.field(field));
      run.budget().total(result.length());
      at = field.end();
    }
    formatting.refuseUnused();
    return result.append(format.substring(at)).toString();
  }

  private void refuseUnused() {
    boolean mapping =
        values instanceof Dict
            || values instanceof List
            || values instanceof Range
            || values instanceof Undefined;
    if (!named && !mapping && used < positional.size()) {
      throw TemplateException.failed("not all arguments converted during string formatting");
    }
  }

  private String field(Matcher field) {
    String type = field.group("type");
    if (type == null) {
      throw TemplateException.failed("incomplete format");
    }
    String flags = field.group("flags");
    String width = field.group("width");
    String precision = field.group("precision");
    if ("*".equals(width) || "*".equals(precision)) {
      throw TemplateException.unsupported("'*' in a format");
    }
    if (type.equals("%")) {
      return "%";
    }
    boolean text = "sra".contains(type);
    FormatSpec spec =
        new FormatSpec(
            flags.contains("0") && !flags.contains("-") && !text ? "0" : " ",
            flags.contains("-") ? "<" : flags.contains("0") && !text ? "=" : ">",
            flags.contains("+") ? "+" : flags.contains(" ") ? " " : "-",
            flags.contains("#"),
            width == null ? 0 : Integer.parseInt(width),
            false,
            precision == null ? -1 : precision.isEmpty() ? 0 : Integer.parseInt(precision),
            type);
    return converted(spec, value(field.group("name")));
  }

  private Object value(@org.jspecify.annotations.Nullable String name) {
    if (name != null) {
      named = true;
      if (!(values instanceof Dict dict)) {
        throw TemplateException.failed("format requires a mapping");
      }
      return dict.get(name).orElseThrow(() -> TemplateException.failed("no key " + name));
    }
    if (used == positional.size()) {
      throw TemplateException.failed("not enough arguments for format string");
    }
    return positional.get(used++);
  }

  private String converted(FormatSpec spec, Object value) {
    run.budget().step();
    return switch (spec.type()) {
      case "s" -> spec.text(PythonText.str(value));
      case "r" -> spec.text(PythonText.repr(value));
      case "d", "i", "u" -> integer(spec, value, true, 10, "");
      case "x" -> integer(spec, value, false, 16, "0x");
      case "o" -> integer(spec, value, false, 8, "0o");
      case "f", "F" -> spec.fixed(real(value), "");
      case "a", "c", "e", "E", "g", "G", "X" ->
          throw TemplateException.unsupported("'%" + spec.type() + "' in a format");
      default -> throw TemplateException.failed("unsupported format character " + spec.type());
    };
  }

  private static double real(Object value) {
    if (!Numbers.isNumber(value)) {
      throw Arithmetic.refusal("%f", value);
    }
    return Numbers.real(value);
  }

  private static String integer(
      FormatSpec spec, Object value, boolean real, int radix, String prefix) {
    if (!(Numbers.isInteger(value) || (real && value instanceof Double))) {
      throw Arithmetic.refusal("%" + spec.type(), value);
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      throw TemplateException.failed("%d of a number that is not finite");
    }
    if (spec.precision() >= 0) {
      throw TemplateException.unsupported("a precision of integers in a format");
    }
    Object whole = value instanceof Double number ? Numbers.wholeOf(number) : value;
    return spec.integer(Numbers.big(whole), radix, prefix);
  }
}
