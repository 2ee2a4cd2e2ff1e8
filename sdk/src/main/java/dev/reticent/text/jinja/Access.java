package dev.reticent.text.jinja;

/** {@code value.name}, {@code value[key]} and {@code value[from:to:step]}. */
final class Access {
  private Access() {}

  record Attribute(Expression owner, String name, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object value = run.value(owner, scope);
      run.at(line);
      return Members.attribute(value, name);
    }
  }

  record Item(Expression owner, Expression key, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object value = run.value(owner, scope);
      Object at = run.value(key, scope);
      run.at(line);
      if (PythonType.isText(value)) {
        run.budget().made(value);
      }
      return Members.item(value, at);
    }
  }

  record Slice(Expression owner, Expression from, Expression to, Expression step, int line)
      implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object value = run.value(owner, scope);
      Slices.Bounds bounds =
          new Slices.Bounds(run.value(from, scope), run.value(to, scope), run.value(step, scope));
      run.at(line);
      run.budget().made(value);
      return run.budget().made(Slices.of(value, bounds));
    }
  }
}
