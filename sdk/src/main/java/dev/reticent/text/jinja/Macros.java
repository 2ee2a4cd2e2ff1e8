package dev.reticent.text.jinja;

import java.util.List;
import java.util.Optional;

/** {@code macro}, {@code call} and the {@code generation} block of transformers. */
final class Macros {
  private Macros() {}

  /**
   * What a macro takes.
   *
   * @param names in order
   * @param defaults of the last of them
   */
  record Signature(List<String> names, List<Expression> defaults) {
    static final Signature EMPTY = new Signature(List.of(), List.of());
  }

  /** What a macro reads beyond its parameters; the rest it refuses to be called with. */
  record Reads(boolean varargs, boolean kwargs, boolean caller) {}

  record Definition(String name, Signature signature, Reads reads, Statement.Block body)
      implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      scope.set(name, new Macro(name, signature, reads, body, scope));
      return Flow.NEXT;
    }
  }

  /** {@code {% call(parameters) macro(arguments) %}body{% endcall %}}. */
  record CallBlock(
      Calls.Call call, Signature signature, Reads reads, Statement.Block body, int line)
      implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.at(line);
      Macro caller = new Macro("caller", signature, reads, body, scope);
      run.write(PythonText.str(call.call(run, scope, Optional.of(caller))));
      return Flow.NEXT;
    }
  }

  /** Marks what the assistant says: the text stays, the names set within it do not. */
  record Generation(Statement.Block body) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.write(body.captured(run, scope.inner()));
      return Flow.NEXT;
    }
  }
}
