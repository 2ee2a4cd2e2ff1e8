package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's operators on numbers, texts and sequences. */
final class Arithmetic {
  private interface Numeric {
    Object apply(Object a, Object b);
  }

  private static final Map<String, Numeric> NUMERIC =
      Map.of(
          "+", Numbers::add,
          "-", Numbers::subtract,
          "*", Numbers::multiply,
          "/", Numbers::divide,
          "//", Numbers::floorDivide,
          "%", Numbers::modulo,
          "**", Numbers::power);

  private Arithmetic() {}

  static Object apply(Execution run, String operator, Object a, Object b) {
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return Objects.requireNonNull(NUMERIC.get(operator)).apply(a, b);
    }
    if (operator.equals("+") && Markup.joinsWith(a, b)) {
      return new Markup(Markup.escaped(a).text() + Markup.escaped(b).text());
    }
    if (a instanceof Markup || b instanceof Markup) {
      throw TemplateException.unsupported("'" + operator + "' on text marked as safe");
    }
    if (operator.equals("%") && a instanceof String format) {
      return PercentFormat.format(run, format, b);
    }
    if (operator.equals("*") && Numbers.isInteger(b)) {
      return repeated(run, a, b);
    }
    if (operator.equals("*") && Numbers.isInteger(a)) {
      return repeated(run, b, a);
    }
    return operator.equals("+") ? joined(run, a, b) : fail(operator, a, b);
  }

  private static Object joined(Execution run, Object a, Object b) {
    if (a instanceof String x && b instanceof String y) {
      run.budget().total((long) x.length() + y.length());
      return x.concat(y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return both(run, x, y);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return new Tuple(both(run, x.items(), y.items()));
    }
    return fail("+", a, b);
  }

  private static List<Object> both(Execution run, List<?> a, List<?> b) {
    run.budget().elements((long) a.size() + b.size());
    List<Object> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  private static Object repeated(Execution run, Object value, Object times) {
    long count = Math.max(0, Numbers.index(times, "*"));
    if (!(value instanceof String || value instanceof List || value instanceof Tuple)) {
      return fail("*", value, times);
    }
    long unit = Sequences.length(value);
    if (unit == 0) {
      count = 0;
    }
    long size = count > Integer.MAX_VALUE ? count : count * unit;
    if (value instanceof String text) {
      run.budget().size(size);
      return text.repeat((int) count);
    }
    run.budget().elements(size);
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      all.addAll(Sequences.list(value));
    }
    return value instanceof Tuple ? new Tuple(all) : all;
  }

  /** {@code a <= b}. */
  static boolean atMost(Object a, Object b) {
    if (Numbers.isNan(a) || Numbers.isNan(b)) {
      return Ordering.less(a, b, "<=");
    }
    return !Ordering.less(b, a, "<=");
  }

  private static Object fail(String operator, Object a, Object b) {
    if (a instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (b instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (a instanceof DictView || b instanceof DictView) {
      throw TemplateException.unsupported("'" + operator + "' on the keys or items of a dict");
    }
    if (a instanceof Dict || b instanceof Dict) {
      throw TemplateException.failed("dicts cannot be joined by " + operator);
    }
    throw TemplateException.failed(
        "unsupported operand types for "
            + operator
            + ": '"
            + PythonType.name(a)
            + "' and '"
            + PythonType.name(b)
            + "'");
  }

  static TemplateException refusal(String operator, Object value) {
    return value instanceof Undefined undefined
        ? undefined.failure()
        : TemplateException.failed(
            "bad operand type for " + operator + ": '" + PythonType.name(value) + "'");
  }
}
