package dev.reticent.text.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * {@code {% for target in values if condition recursive %}body{% else %}otherwise{% endfor %}}.
 *
 * <p>The condition is asked when a turn begins, so that it sees what earlier turns did; it and the
 * part behind {@code else} see the loop around this one, as in jinja2.
 */
record ForLoop(
    Target target,
    Expression values,
    Optional<Expression> condition,
    boolean recursive,
    Statement.Block body,
    Statement.Block otherwise,
    int line)
    implements Statement {

  @Override
  public Flow execute(Execution run, Scope scope) {
    run.at(line);
    return turns(run, scope, run.value(values, scope), 0);
  }

  private Flow turns(Execution run, Scope scope, Object over, int depth) {
    run.at(line);
    Iterator<Object> elements = Sequences.iterate(over);
    Loop loop =
        new Loop(
            condition.isPresent() ? filtered(run, scope, elements, condition.get()) : elements,
            condition.isPresent() || over instanceof Lazy ? -1 : Sequences.length(over),
            depth,
            recursive ? inner -> again(run, scope, inner, depth + 1) : Loop.NOT_RECURSIVE);
    boolean nothing = true;
    while (loop.advance()) {
      run.budget().step();
      Scope turn = scope.inner();
      turn.set("loop", loop);
      target.assign(turn, loop.current());
      Flow flow = body.execute(run, turn);
      if (flow == Flow.BREAK) {
        break;
      }
      // jinja2 notes a turn at its end: one that is left early counts as none.
      nothing &= flow == Flow.CONTINUE;
    }
    return nothing ? otherwise.execute(run, scope.inner()) : Flow.NEXT;
  }

  private String again(Execution run, Scope scope, Object over, int depth) {
    run.budget().enter();
    String text = run.capture(() -> turns(run, scope, over, depth));
    run.budget().leave();
    return text;
  }

  private Iterator<Object> filtered(
      Execution run, Scope scope, Iterator<Object> elements, Expression test) {
    return new Iterator<>() {
      private Optional<Object> found = Optional.empty();

      @Override
      public boolean hasNext() {
        while (found.isEmpty() && elements.hasNext()) {
          run.budget().step();
          Object element = elements.next();
          Scope inner = scope.inner();
          target.assign(inner, element);
          found = Ordering.truth(run.value(test, inner)) ? Optional.of(element) : found;
        }
        return found.isPresent();
      }

      @Override
      public Object next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Object element = found.orElseThrow();
        found = Optional.empty();
        return element;
      }
    };
  }
}
