package dev.reticent.text.jinja;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code 'text {}'.format(values)}. */
final class BraceFormat {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?"
              + "(?<width>\\d{1,5})?(?<grouped>,)?(?:\\.(?<precision>\\d{1,5}))?(?<type>[a-zA-Z%])?",
          Pattern.DOTALL);
  private static final Pattern NAME =
      Pattern.compile("(?<first>[^.\\[]*)(?<rest>.*)", Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)]");

  private final Arguments arguments;
  private int automatic;
  private boolean numbered;

  private BraceFormat(Arguments arguments) {
    this.arguments = arguments;
  }

  static Object format(Execution run, String format, Arguments arguments) {
    BraceFormat formatting = new BraceFormat(arguments);
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean doubled = (c == '{' || c == '}') && format.startsWith("" + c + c, i);
      if ((c != '{' && c != '}') || doubled) {
        result.append(c);
        i += doubled ? 1 : 0;
        continue;
      }
      int end = c == '{' ? format.indexOf('}', i) : -1;
      if (end < 0) {
        throw TemplateException.failed("a single '" + c + "' in a format");
      }
      String field = format.substring(i + 1, end);
      if (field.contains("{")) {
        throw TemplateException.unsupported("a field within a field of a format");
      }
      result.append(formatting.field(field));
      run.budget().total(result.length());
      i = end;
    }
    return result.toString();
  }

  private String field(String field) {
    int colon = field.indexOf(':');
    String name = colon < 0 ? field : field.substring(0, colon);
    String spec = colon < 0 ? "" : field.substring(colon + 1);
    int mark = name.indexOf('!');
    String conversion = mark < 0 ? "" : name.substring(mark + 1);
    Object value = value(mark < 0 ? name : name.substring(0, mark));
    return switch (conversion) {
      case "" -> laidOut(value, spec);
      case "s" -> laidOut(PythonText.str(value), spec);
      case "r" -> laidOut(PythonText.repr(value), spec);
      default -> throw TemplateException.unsupported("the conversion '!" + conversion + "'");
    };
  }

  private Object value(String path) {
    Matcher name = NAME.matcher(path);
    name.matches();
    String first = name.group("first");
    boolean counted = first.isEmpty();
    boolean number = counted || first.chars().allMatch(c -> c >= '0' && c <= '9');
    Object value;
    if (number) {
      if (counted ? numbered : automatic > 0) {
        throw TemplateException.failed("a format that counts its fields and numbers them");
      }
      numbered |= !counted;
      int index = counted ? automatic++ : Integer.parseInt(first);
      if (index >= arguments.positional().size()) {
        throw TemplateException.failed("a format with more fields than values");
      }
      value = arguments.positional().get(index);
    } else {
      if (!arguments.named().containsKey(first)) {
        throw TemplateException.failed("a format without a value named '" + first + "'");
      }
      value = Objects.requireNonNull(arguments.named().get(first));
    }
    return followed(value, name.group("rest"));
  }

  private static Object followed(Object start, String path) {
    Object value = start;
    Matcher step = STEP.matcher(path);
    int at = 0;
    for (; at < path.length() && step.find(at) && step.start() == at; at = step.end()) {
      String item = step.group(2);
      boolean index = item != null && item.chars().allMatch(c -> c >= '0' && c <= '9');
      value =
          item == null
              ? Members.attribute(value, step.group(1))
              : Members.item(value, index ? (Object) Long.parseLong(item) : item);
    }
    if (at < path.length()) {
      throw TemplateException.failed("a format with the field '" + path + "'");
    }
    return value;
  }

  private static String laidOut(Object value, String text) {
    if (text.isEmpty()) {
      return PythonText.str(value);
    }
    Matcher m = SPEC.matcher(text);
    if (!m.matches()) {
      throw TemplateException.unsupported("the format '" + text + "'");
    }
    boolean number = Numbers.isNumber(value) && !(value instanceof Boolean);
    boolean zero = m.group("zero") != null;
    String align = m.group("align");
    boolean ofNumbers = zero || m.group("sign") != null || "=".equals(align);
    if (!number && (ofNumbers || !(value instanceof String))) {
      throw TemplateException.unsupported(
          "the format '" + text + "' of a " + PythonType.name(value));
    }
    FormatSpec spec =
        new FormatSpec(
            m.group("fill") != null ? m.group("fill") : zero ? "0" : " ",
            align != null ? align : zero ? "=" : "",
            m.group("sign") != null ? m.group("sign") : "-",
            m.group("alternate") != null,
            m.group("width") != null ? Integer.parseInt(m.group("width")) : 0,
            m.group("grouped") != null,
            m.group("precision") != null ? Integer.parseInt(m.group("precision")) : -1,
            m.group("type") != null ? m.group("type") : "");
    return number ? number(value, spec, text) : text((String) value, spec, text);
  }

  private static String text(String value, FormatSpec spec, String written) {
    boolean plain = spec.type().isEmpty() || spec.type().equals("s");
    if (!plain || spec.grouped() || spec.alternate()) {
      throw TemplateException.failed("the format '" + written + "' of a str");
    }
    return spec.text(value);
  }

  private static String number(Object value, FormatSpec spec, String written) {
    boolean padded = spec.grouped() && spec.fill().equals("0");
    boolean whole = Numbers.isInteger(value);
    if (whole
        && spec.precision() < 0
        && !padded
        && (spec.type().isEmpty() || spec.type().equals("d"))) {
      return spec.integer(Numbers.big(value), 10, "");
    }
    if (whole && spec.precision() < 0 && !spec.grouped() && spec.type().equals("x")) {
      return spec.integer(Numbers.big(value), 16, "0x");
    }
    if (!padded && !spec.alternate() && spec.type().equals("f")) {
      return spec.fixed(Numbers.real(value), "");
    }
    if (!padded && !spec.alternate() && spec.type().equals("%")) {
      return spec.fixed(Numbers.real(value) * 100, "%");
    }
    throw TemplateException.unsupported(
        "the format '" + written + "' of a " + PythonType.name(value));
  }
}
