package dev.reticent.text.jinja;

import java.time.Clock;

/** One rendering of a template: the text so far, what it may still cost, and where it stands. */
final class Execution {
  private final Budget budget = Budget.begin();
  private final Clock clock;
  private StringBuilder output = new StringBuilder();
  private int line = 1;

  Execution(Clock clock) {
    this.clock = clock;
  }

  Budget budget() {
    return budget;
  }

  Clock clock() {
    return clock;
  }

  /** The line that errors name from here on. */
  void at(int place) {
    line = place;
  }

  int line() {
    return line;
  }

  Object value(Expression expression, Scope scope) {
    budget.step();
    budget.enter();
    Object value = expression.evaluate(this, scope);
    budget.leave();
    return value;
  }

  Statement.Flow execute(Statement statement, Scope scope) {
    budget.step();
    budget.enter();
    Statement.Flow flow = statement.execute(this, scope);
    budget.leave();
    return flow;
  }

  void write(String text) {
    budget.size(text.length());
    budget.total((long) output.length() + text.length());
    output.append(text);
  }

  String output() {
    return output.toString();
  }

  /** What a part of the template writes, kept from the output. */
  String capture(Runnable part) {
    StringBuilder outer = output;
    output = new StringBuilder();
    try {
      part.run();
      return output.toString();
    } finally {
      output = outer;
    }
  }
}
