package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls, filters and tests. */
final class Calls {
  private Calls() {}

  /** What stands between the parentheses of a call. */
  record Passed(
      List<Expression> positional,
      Map<String, Expression> named,
      Optional<Expression> spread,
      Optional<Expression> spreadNamed) {
    static final Passed NOTHING =
        new Passed(List.of(), Map.of(), Optional.empty(), Optional.empty());

    static Passed one(Expression argument) {
      return new Passed(List.of(argument), Map.of(), Optional.empty(), Optional.empty());
    }

    Arguments evaluate(Execution run, Scope scope) {
      List<Object> values = new ArrayList<>();
      positional.forEach(argument -> values.add(run.value(argument, scope)));
      spread.ifPresent(list -> values.addAll(Sequences.list(run.value(list, scope))));
      Map<String, Object> names = new LinkedHashMap<>();
      named.forEach((name, argument) -> names.put(name, run.value(argument, scope)));
      spreadNamed.ifPresent(dict -> spreadInto(names, run.value(dict, scope)));
      return new Arguments(values, names);
    }

    private static void spreadInto(Map<String, Object> names, Object value) {
      for (Dict.Entry entry : PythonType.expect(value, Dict.class, "**").entries()) {
        String name = PythonType.expect(entry.key(), String.class, "a keyword of **");
        if (names.put(name, entry.value()) != null) {
          throw TemplateException.failed("two values for the argument '" + name + "'");
        }
      }
    }
  }

  /** Calls a value, with the error that Python gives where it cannot be called. */
  static Object call(Execution run, Object function, Arguments arguments) {
    if (function instanceof Callable callable) {
      return run.budget().made(callable.call(run, arguments));
    }
    throw function instanceof Undefined undefined
        ? undefined.failure()
        : TemplateException.failed("'" + PythonType.name(function) + "' object is not callable");
  }

  record Call(Expression function, Passed passed, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return call(run, scope, Optional.empty());
    }

    /** The call of a call block passes its body as {@code caller} beside the arguments. */
    Object call(Execution run, Scope scope, Optional<Macro> caller) {
      Object called = run.value(function, scope);
      Arguments arguments = passed.evaluate(run, scope);
      run.at(line);
      if (caller.isPresent()) {
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        named.put("caller", caller.get());
        arguments = new Arguments(arguments.positional(), named);
      }
      return Calls.call(run, called, arguments);
    }
  }

  record Filter(Expression value, String name, Passed passed, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return apply(run, scope, run.value(value, scope));
    }

    Object apply(Execution run, Scope scope, Object input) {
      Arguments arguments = passed.evaluate(run, scope).after(input);
      run.at(line);
      run.budget().made(input);
      return run.budget().made(Filters.apply(run, name, arguments));
    }
  }

  record Test(Expression value, String name, Passed passed, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object input = run.value(value, scope);
      Arguments arguments = passed.evaluate(run, scope).after(input);
      run.at(line);
      return Tests.holds(name, arguments);
    }
  }
}
