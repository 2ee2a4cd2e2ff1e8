package dev.reticent.text.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A macro with the names around its definition. */
record Macro(
    String name, Macros.Signature signature, Macros.Reads reads, Statement.Block body, Scope around)
    implements Callable {

  @Override
  public Object call(Execution run, Arguments arguments) {
    Scope scope = around.inner();
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    List<String> names = signature.names();
    int byPosition = Math.min(names.size(), arguments.positional().size());
    for (int i = 0; i < byPosition; i++) {
      scope.set(names.get(i), arguments.positional().get(i));
    }
    boolean[] missing = new boolean[names.size()];
    for (int i = byPosition; i < names.size(); i++) {
      missing[i] = !named.containsKey(names.get(i));
      Object value = missing[i] ? absent(names.get(i)) : named.remove(names.get(i));
      scope.set(names.get(i), Objects.requireNonNull(value));
    }
    rest(scope, arguments.positional().subList(byPosition, arguments.positional().size()), named);
    int line = run.line();
    for (int i = byPosition; i < names.size(); i++) {
      int ofDefault = i - (names.size() - signature.defaults().size());
      if (missing[i] && ofDefault >= 0) {
        scope.set(names.get(i), run.value(signature.defaults().get(ofDefault), scope));
      }
    }
    String text = body.captured(run, scope);
    run.at(line);
    return text;
  }

  /** What the parameters leave over goes to the names that the macro reads, or is an error. */
  private void rest(Scope scope, List<Object> positional, Map<String, Object> named) {
    if (reads.caller() && !signature.names().contains("caller")) {
      Object caller = named.remove("caller");
      scope.set("caller", caller == null ? new Undefined("no caller defined") : caller);
    }
    refuse(!reads.varargs() && !positional.isEmpty(), "too many arguments");
    refuse(!reads.kwargs() && !named.isEmpty(), "no parameter named " + named.keySet());
    if (reads.varargs()) {
      scope.set("varargs", new Tuple(positional));
    }
    if (reads.kwargs()) {
      scope.set("kwargs", Dict.of(named));
    }
  }

  private static Undefined absent(String name) {
    return new Undefined("the parameter '" + name + "' was not provided");
  }

  private void refuse(boolean wrong, String why) {
    if (wrong) {
      throw TemplateException.failed("the macro '" + name + "' was called with " + why);
    }
  }
}
