package dev.reticent.text.jinja;

/** The two forms of {@code set}. */
final class Assignments {
  private Assignments() {}

  record Set(Target target, Expression value, int line) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.at(line);
      target.assign(scope, run.value(value, scope));
      return Flow.NEXT;
    }
  }

  /** {@code {% set name | filter %}text{% endset %}}. */
  record SetBlock(Target target, Statement.Filtering filters, Statement.Block body, int line)
      implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      Scope inner = scope.inner();
      String text = body.captured(run, inner);
      run.at(line);
      target.assign(scope, filters.apply(run, inner, text));
      return Flow.NEXT;
    }
  }
}
