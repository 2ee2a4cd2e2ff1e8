package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** Lists, tuples and dicts written in a template. */
final class Displays {
  private Displays() {}

  private static List<Object> values(List<Expression> items, Execution run, Scope scope) {
    List<Object> values = new ArrayList<>(items.size());
    items.forEach(item -> values.add(run.value(item, scope)));
    return values;
  }

  record ListOf(List<Expression> items) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return values(items, run, scope);
    }
  }

  record TupleOf(List<Expression> items) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      return new Tuple(values(items, run, scope));
    }
  }

  record Pair(Expression key, Expression value) {}

  record DictOf(List<Pair> pairs) implements Expression {
    @Override
    public Object evaluate(Execution run, Scope scope) {
      Dict dict = new Dict();
      pairs.forEach(pair -> dict.put(run.value(pair.key(), scope), run.value(pair.value(), scope)));
      return dict;
    }
  }
}
