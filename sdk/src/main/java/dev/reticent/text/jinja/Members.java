package dev.reticent.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code value.name} and {@code value[key]}.
 *
 * <p>A name is looked for among the methods first, a key among the items first, and then the other
 * way round; what is found in neither is Undefined. Methods that change a value are hidden, as in
 * jinja2's immutable sandbox.
 */
final class Members {
  private static final Set<String> OF_NUMBERS =
      Set.of(
          "as_integer_ratio",
          "bit_count",
          "bit_length",
          "conjugate",
          "denominator",
          "from_bytes",
          "fromhex",
          "hex",
          "imag",
          "is_integer",
          "numerator",
          "real",
          "to_bytes");

  private static final Set<String> OF_RANGES = Set.of("start", "stop", "step", "count", "index");
  private static final Set<String> OF_VIEWS = Set.of("mapping", "isdisjoint");

  private Members() {}

  static Object attribute(Object owner, String name) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return own(owner, name)
        .or(() -> element(owner, name))
        .orElseGet(() -> Undefined.member(owner, name));
  }

  static Object item(Object owner, Object key) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return element(owner, key)
        .or(() -> key instanceof String name ? own(owner, name) : Optional.empty())
        .orElseGet(() -> Undefined.member(owner, key));
  }

  /** The attribute alone, as the filter {@code attr} looks for it. */
  static Object ownAttribute(Object owner, String name) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return own(owner, name).orElseGet(() -> Undefined.member(owner, name));
  }

  private static Optional<Object> element(Object owner, Object key) {
    if (owner instanceof Dict dict) {
      return key instanceof List || key instanceof Dict ? Optional.empty() : dict.get(key);
    }
    boolean indexed =
        PythonType.isText(owner)
            || owner instanceof List
            || owner instanceof Tuple
            || owner instanceof Range;
    if (!indexed || !Numbers.isInteger(key)) {
      return Optional.empty();
    }
    long size = Sequences.length(owner);
    long index = Numbers.index(key, "an index");
    index = index < 0 ? index + size : index;
    return index < 0 || index >= size ? Optional.empty() : Optional.of(at(owner, (int) index));
  }

  private static Object at(Object owner, int index) {
    if (PythonType.isText(owner)) {
      String character = CodePoints.slice(PythonText.str(owner), index, index + 1);
      return owner instanceof Markup ? new Markup(character) : character;
    }
    if (owner instanceof Range range) {
      return range.items().get(index);
    }
    return (owner instanceof Tuple tuple ? tuple.items() : (List<?>) owner).get(index);
  }

  private static Optional<Object> own(Object owner, String name) {
    if (owner instanceof String text) {
      return StringMethods.bound(text, name);
    }
    if (name.startsWith("__") && name.endsWith("__")) {
      return Optional.of(hidden(owner, name));
    }
    if (owner instanceof Dict dict) {
      return DictMethods.HIDDEN.contains(name)
          ? Optional.of(hidden(owner, name))
          : Optional.ofNullable(DictMethods.ALL.get(name)).map(method -> method.on(dict));
    }
    if (owner instanceof Namespace namespace) {
      return namespace.attributes().get(name);
    }
    if (owner instanceof Loop loop) {
      return loop.member(name);
    }
    if (owner instanceof List || owner instanceof Tuple) {
      return ListMethods.bound(Sequences.list(owner), name);
    }
    if (owner instanceof Cycler cycler) {
      return cycler.member(name);
    }
    return owner instanceof Macro macro ? ofMacro(macro, name) : refusedIfKnown(owner, name);
  }

  private static Undefined hidden(Object owner, String name) {
    return new Undefined(
        "access to '" + name + "' of a " + PythonType.name(owner) + " is not allowed");
  }

  private static Optional<Object> ofMacro(Macro macro, String name) {
    Map<String, Object> members =
        Map.of(
            "name", macro.name(),
            "arguments", new Tuple(List.copyOf(macro.signature().names())),
            "catch_varargs", macro.reads().varargs(),
            "catch_kwargs", macro.reads().kwargs(),
            "caller", macro.reads().caller());
    return Optional.ofNullable(members.get(name));
  }

  /** Members that Python knows and this interpreter does not must not read as Undefined. */
  private static Optional<Object> refusedIfKnown(Object owner, String name) {
    Set<String> members =
        Numbers.isNumber(owner)
            ? OF_NUMBERS
            : owner instanceof Range ? OF_RANGES : owner instanceof DictView ? OF_VIEWS : Set.of();
    boolean known =
        members.contains(name) || (owner instanceof Markup && StringMethods.isKnown(name));
    if (known) {
      throw TemplateException.unsupported("'" + name + "' of a " + PythonType.name(owner));
    }
    return Optional.empty();
  }
}
