package dev.reticent.text.jinja;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** The tests behind {@code is}. */
final class Tests {
  /** A test; the first argument is what it is asked of. */
  interface Test {
    boolean holds(Arguments arguments);
  }

  private static final Map<String, Test> ALL =
      Map.ofEntries(
          entry("boolean", of(value -> value instanceof Boolean)),
          entry("callable", of(value -> value instanceof Callable || value instanceof Undefined)),
          entry("defined", of(value -> !(value instanceof Undefined))),
          entry("divisibleby", a -> divides(two("divisibleby", a))),
          entry("eq", relation("==")),
          entry("==", relation("==")),
          entry("equalto", relation("==")),
          entry("escaped", of(value -> value instanceof Markup)),
          entry("even", of(value -> isRest(value, 0))),
          entry("false", of(value -> value.equals(false))),
          entry("filter", of(value -> Dict.hashed(value) instanceof String s && Filters.exists(s))),
          entry("float", of(value -> value instanceof Double)),
          entry("ge", relation(">=")),
          entry(">=", relation(">=")),
          entry("greaterthan", relation(">")),
          entry("gt", relation(">")),
          entry(">", relation(">")),
          entry("in", relation("in")),
          entry("integer", of(value -> Numbers.isInteger(value) && !(value instanceof Boolean))),
          entry("iterable", of(Sequences::isIterable)),
          entry("le", relation("<=")),
          entry("<=", relation("<=")),
          entry("lessthan", relation("<")),
          entry("lt", relation("<")),
          entry("<", relation("<")),
          entry("lower", of(value -> PythonCase.allOfCase(PythonText.str(value), false))),
          entry("mapping", of(value -> value instanceof Dict)),
          entry("ne", relation("!=")),
          entry("!=", relation("!=")),
          entry("none", of(value -> value instanceof None)),
          entry("number", of(Numbers::isNumber)),
          entry("odd", of(value -> isRest(value, 1))),
          entry("sameas", a -> same(two("sameas", a))),
          entry("sequence", of(Tests::isSequence)),
          entry("string", of(PythonType::isText)),
          entry("test", of(value -> Dict.hashed(value) instanceof String name && exists(name))),
          entry("true", of(value -> value.equals(true))),
          entry("undefined", of(value -> value instanceof Undefined)),
          entry("upper", of(value -> PythonCase.allOfCase(PythonText.str(value), true))));

  private Tests() {}

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static boolean holds(String name, Arguments arguments) {
    if (!exists(name)) {
      throw TemplateException.failed("no test named '" + name + "'");
    }
    return Objects.requireNonNull(ALL.get(name)).holds(arguments);
  }

  private static Test of(Predicate<Object> test) {
    return arguments -> test.test(arguments.bind("a test", 1, List.of("value"))[0]);
  }

  private static Test relation(String operator) {
    return arguments -> {
      Object[] a = two(operator, arguments);
      return Operations.relation(operator).holds(a[0], a[1]);
    };
  }

  private static Object[] two(String name, Arguments arguments) {
    return arguments.bind("the test '" + name + "'", 2, List.of("value", "other"));
  }

  private static boolean isRest(Object value, long rest) {
    if (!Numbers.isNumber(value)) {
      throw Arithmetic.refusal("%", value);
    }
    return Ordering.equal(Numbers.modulo(value, 2L), rest);
  }

  private static boolean divides(Object[] a) {
    if (!Numbers.isNumber(a[0]) || !Numbers.isNumber(a[1])) {
      throw Arithmetic.refusal("%", Numbers.isNumber(a[0]) ? a[1] : a[0]);
    }
    return Ordering.equal(Numbers.modulo(a[0], a[1]), 0L);
  }

  private static boolean isSequence(Object value) {
    return value instanceof Undefined
        || (Sequences.isSized(value) && !(value instanceof DictView) && !(value instanceof Loop));
  }

  /** One object: known for None, True and False, which Python has once only. */
  private static boolean same(Object[] a) {
    if (a[1] instanceof None || a[1] instanceof Boolean) {
      return a[0].equals(a[1]);
    }
    if (a[0] instanceof None || a[0] instanceof Boolean) {
      return false;
    }
    throw TemplateException.unsupported("'is sameas' of other than None, True and False");
  }
}
