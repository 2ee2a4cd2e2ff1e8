package dev.reticent.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Arithmetic, comparisons and conditions. */
final class Operations {
  private Operations() {}

  /** A comparison between two values. */
  interface Relation {
    boolean holds(Object a, Object b);
  }

  private static final Map<String, Relation> RELATIONS =
      Map.of(
          "==", Ordering::equal,
          "!=", (a, b) -> !Ordering.equal(a, b),
          "<", (a, b) -> Ordering.less(a, b, "<"),
          ">", (a, b) -> Ordering.less(b, a, ">"),
          "<=", Arithmetic::atMost,
          ">=", (a, b) -> Arithmetic.atMost(b, a),
          "in", (a, b) -> Sequences.contains(b, a),
          "not in", (a, b) -> !Sequences.contains(b, a));

  static boolean isRelation(String operator) {
    return RELATIONS.containsKey(operator);
  }

  static Relation relation(String operator) {
    return Objects.requireNonNull(RELATIONS.get(operator), operator);
  }

  record Unary(boolean negative, Expression value, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object number = run.value(value, scope);
      run.at(line);
      if (!Numbers.isNumber(number)) {
        throw Arithmetic.refusal(negative ? "-" : "+", number);
      }
      return negative
          ? Numbers.negate(number)
          : Numbers.isInteger(number) ? Numbers.integer(number) : number;
    }
  }

  record Binary(String operator, Expression left, Expression right, int line)
      implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object a = run.value(left, scope);
      Object b = run.value(right, scope);
      run.at(line);
      return run.budget().made(Arithmetic.apply(run, operator, a, b));
    }
  }

  record Concatenation(List<Expression> parts) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      StringBuilder text = new StringBuilder();
      for (Expression part : parts) {
        text.append(PythonText.str(run.value(part, scope)));
        run.budget().total(text.length());
      }
      return run.budget().made(text.toString());
    }
  }

  record Link(String relation, Expression value) {}

  /** {@code a < b <= c}: each value is evaluated once, and none behind the first that fails. */
  record Comparison(Expression first, List<Link> links, int line) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object left = run.value(first, scope);
      for (Link link : links) {
        Object right = run.value(link.value(), scope);
        run.at(line);
        if (!relation(link.relation()).holds(left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code and} and {@code or} give one of their values, not a truth. */
  record Either(boolean or, Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Object value = run.value(left, scope);
      return Ordering.truth(value) == or ? value : run.value(right, scope);
    }
  }

  record Not(Expression value) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return !Ordering.truth(run.value(value, scope));
    }
  }

  record Conditional(Expression test, Expression then, Expression otherwise) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return run.value(Ordering.truth(run.value(test, scope)) ? then : otherwise, scope);
    }
  }
}
