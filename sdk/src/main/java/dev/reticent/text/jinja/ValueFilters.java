package dev.reticent.text.jinja;

import static java.util.Map.entry;

import dev.reticent.text.jinja.Filters.Filter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/** Filters that give a number, or a value in place of one that is missing. */
final class ValueFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("abs", (run, a) -> abs(a)),
          entry("attr", (run, a) -> attribute(a)),
          entry("count", (run, a) -> length("count", a)),
          entry("d", (run, a) -> orDefault("d", a)),
          entry("default", (run, a) -> orDefault("default", a)),
          entry("float", (run, a) -> real(a)),
          entry("int", (run, a) -> whole(a)),
          entry("length", (run, a) -> length("length", a)),
          entry("round", (run, a) -> round(a)));

  private static final int MOST_DIGITS = 300;

  private ValueFilters() {}

  private static Object abs(Arguments arguments) {
    Object value = arguments.bind("abs", 1, List.of("x"))[0];
    if (!Numbers.isNumber(value)) {
      throw Arithmetic.refusal("abs", value);
    }
    return Numbers.isInteger(value)
        ? Numbers.narrow(Numbers.big(value).abs())
        : (Object) Math.abs(Numbers.real(value));
  }

  private static Object attribute(Arguments arguments) {
    Object[] a = arguments.bind("attr", 2, List.of("obj", "name"));
    return Members.ownAttribute(a[0], PythonText.str(a[1]));
  }

  private static Object length(String name, Arguments arguments) {
    return Sequences.length(arguments.bind(name, 1, List.of("obj"))[0]);
  }

  private static Object orDefault(String name, Arguments arguments) {
    Object[] a = arguments.bind(name, 1, List.of("value", "default_value", "boolean"), "", false);
    boolean missing = a[0] instanceof Undefined || (Ordering.truth(a[2]) && !Ordering.truth(a[0]));
    return missing ? a[1] : a[0];
  }

  private static Object real(Arguments arguments) {
    Object[] a = arguments.bind("float", 1, List.of("value", "default"), 0.0);
    if (a[0] instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return NumberText.real(a[0]).<Object>map(x -> x).orElse(a[1]);
  }

  private static Object whole(Arguments arguments) {
    Object[] a = arguments.bind("int", 1, List.of("value", "default", "base"), 0L, 10L);
    if (a[0] instanceof Undefined undefined) {
      throw undefined.failure();
    }
    int base = Numbers.smallIndex(a[2], "int");
    return NumberText.whole(a[0], base)
        .or(
            () ->
                NumberText.real(a[0])
                    .filter(Double::isFinite)
                    .map(number -> Numbers.wholeOf(number)))
        .orElse(a[1]);
  }

  private static Object round(Arguments arguments) {
    Object[] a = arguments.bind("round", 1, List.of("value", "precision", "method"), 0L, "common");
    int digits = Numbers.smallIndex(a[1], "round");
    if (!Numbers.isNumber(a[0])) {
      throw Arithmetic.refusal("round", a[0]);
    }
    if (Math.abs((long) digits) > MOST_DIGITS) {
      throw TemplateException.limit("round: more than " + MOST_DIGITS + " digits");
    }
    if ("common".equals(a[2])) {
      return common(a[0], digits);
    }
    if (!"ceil".equals(a[2]) && !"floor".equals(a[2])) {
      throw TemplateException.failed("round: the method must be common, ceil or floor");
    }
    Object scale = Numbers.power(10L, (long) digits);
    double scaled = Numbers.real(Numbers.multiply(a[0], scale));
    double rounded = "ceil".equals(a[2]) ? Math.ceil(scaled) : Math.floor(scaled);
    return Numbers.divide(Numbers.wholeOf(rounded), scale);
  }

  private static Object common(Object value, int digits) {
    if (Numbers.isInteger(value)) {
      BigDecimal exact = new BigDecimal(Numbers.big(value));
      BigInteger rounded = exact.setScale(digits, RoundingMode.HALF_EVEN).toBigInteger();
      return digits >= 0 ? Numbers.integer(value) : Numbers.narrow(rounded);
    }
    double number = Numbers.real(value);
    if (!Double.isFinite(number)) {
      return number;
    }
    double rounded = new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
    return rounded == 0 ? Math.copySign(0.0, number) : rounded;
  }
}
