package dev.reticent.text.jinja;

import java.util.List;

/** A part of a template that writes text or sets names. */
sealed interface Statement
    permits Statement.Text,
        Statement.Print,
        Statement.If,
        Statement.Jump,
        Statement.With,
        Statement.FilterBlock,
        ForLoop,
        Assignments.Set,
        Assignments.SetBlock,
        Macros.Definition,
        Macros.CallBlock,
        Macros.Generation {

  /** How the loop around a statement goes on. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow execute(Execution run, Scope scope);

  /** Statements in order. */
  record Block(List<Statement> statements) {
    static final Block EMPTY = new Block(List.of());

    Flow execute(Execution run, Scope scope) {
      for (Statement statement : statements) {
        Flow flow = run.execute(statement, scope);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    }

    /** What it writes, in a scope of its own. */
    String captured(Execution run, Scope inner) {
      return run.capture(() -> execute(run, inner));
    }
  }

  record Text(String text) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.write(text);
      return Flow.NEXT;
    }
  }

  record Print(List<Expression> values, int line) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.at(line);
      values.forEach(value -> run.write(PythonText.str(run.value(value, scope))));
      return Flow.NEXT;
    }
  }

  record If(Expression test, Block then, Block otherwise, int line) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.at(line);
      return (Ordering.truth(run.value(test, scope)) ? then : otherwise).execute(run, scope);
    }
  }

  /** {@code break} and {@code continue}. */
  record Jump(Flow flow) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      return flow;
    }
  }

  /** {@code {% with a = 1, b = 2 %}}: no value sees the names set beside it. */
  record With(List<Target> targets, List<Expression> values, Block body, int line)
      implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      run.at(line);
      Scope inner = scope.inner();
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(inner, run.value(values.get(i), scope));
      }
      return body.execute(run, inner);
    }
  }

  record FilterBlock(Filtering filters, Block body, int line) implements Statement {
    @Override
    public Flow execute(Execution run, Scope scope) {
      String text = body.captured(run, scope.inner());
      run.at(line);
      run.write(PythonText.str(filters.apply(run, scope, text)));
      return Flow.NEXT;
    }
  }

  /** Filters in the order in which they apply; what they are applied to comes with the call. */
  record Filtering(List<Calls.Filter> filters) {
    Object apply(Execution run, Scope scope, Object value) {
      Object result = value;
      for (Calls.Filter filter : filters) {
        result = filter.apply(run, scope, result);
      }
      return result;
    }
  }
}
