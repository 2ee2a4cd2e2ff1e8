package dev.reticent.text.jinja;

/** A part of a template that has a value. Call {@link Execution#value} to evaluate one. */
sealed interface Expression
    permits Expression.Literal,
        Expression.Variable,
        Displays.ListOf,
        Displays.TupleOf,
        Displays.DictOf,
        Access.Attribute,
        Access.Item,
        Access.Slice,
        Calls.Call,
        Calls.Filter,
        Calls.Test,
        Operations.Unary,
        Operations.Binary,
        Operations.Concatenation,
        Operations.Comparison,
        Operations.Either,
        Operations.Not,
        Operations.Conditional {

  Object evaluate(Execution run, Scope scope);

  record Literal(Object value) implements Expression {
    static final Literal NONE = new Literal(None.NONE);

    @Override
    public Object evaluate(Execution run, Scope scope) {
      return value;
    }
  }

  record Variable(String name) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return scope.get(name);
    }
  }
}
