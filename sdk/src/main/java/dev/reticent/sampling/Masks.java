package dev.reticent.sampling;

import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Which tokens may come next in one answer, worked out by its constraints away from the thread that
 * computes: while the model is at the next token, and however long it takes, no other answer waits.
 *
 * <p>One thread calls everything; what it reads after {@link #ready} is true was written before.
 */
final class Masks {
  private final List<TokenConstraint.Factory> factories;
  private final Executor executor;
  private final Runnable worked;
  private final List<TokenConstraint> constraints = new ArrayList<>(); // the executor's only
  private volatile Outcome outcome = Outcome.NONE;

  /**
   * What a piece of work came to.
   *
   * @param expected a guess at the tokens that come next
   * @param over whether nothing but an end token may follow
   */
  private record Outcome(
      boolean done,
      List<BitSet> allowed,
      List<Integer> expected,
      boolean over,
      Optional<RuntimeException> failure) {
    static final Outcome NONE = new Outcome(false, List.of(), List.of(), false, Optional.empty());
    static final Outcome ANY = new Outcome(true, List.of(), List.of(), false, Optional.empty());

    static Outcome failed(RuntimeException failure) {
      return new Outcome(true, List.of(), List.of(), false, Optional.of(failure));
    }
  }

  /**
   * @param executor runs one piece of work at a time for each answer
   * @param worked is run on the executor whenever a piece is done
   */
  Masks(List<TokenConstraint.Factory> factories, Executor executor, Runnable worked) {
    this.factories = factories;
    this.executor = executor;
    this.worked = worked;
    if (factories.isEmpty()) {
      outcome = Outcome.ANY;
    }
  }

  /** Begins to work out what the first token may be. */
  void begin() {
    work(() -> factories.forEach(factory -> constraints.add(factory.create())));
  }

  /** Begins to work out what may follow a token that was drawn. */
  void accept(int id) {
    work(() -> constraints.forEach(constraint -> constraint.accept(id)));
  }

  private void work(Runnable first) {
    if (!factories.isEmpty()) {
      outcome = Outcome.NONE;
      executor.execute(() -> outcome(first));
    }
  }

  private void outcome(Runnable first) {
    try {
      first.run();
      List<BitSet> allowed = constraints.stream().map(TokenConstraint::allowed).toList();
      boolean over = constraints.stream().anyMatch(TokenConstraint::over);
      List<Integer> expected = constraints.size() == 1 ? constraints.get(0).expected() : List.of();
      outcome = new Outcome(true, allowed, expected, over, Optional.empty());
    } catch (RuntimeException e) {
      outcome = Outcome.failed(e);
    } catch (StackOverflowError | OutOfMemoryError e) {
      outcome = Outcome.failed(new UserInputException("The form of the answer is too large.", e));
    }
    worked.run();
  }

  /** Whether the work that was begun is done. */
  boolean ready() {
    return outcome.done();
  }

  /** What a constraint threw. */
  Optional<RuntimeException> failure() {
    return outcome.failure();
  }

  /** The tokens that may come next, by constraint. */
  List<BitSet> allowed() {
    return outcome.allowed();
  }

  /** A guess at the tokens that come next, where the text has one way on. */
  List<Integer> expected() {
    return outcome.expected();
  }

  /** Whether the answer is complete and nothing may follow. */
  boolean over() {
    return outcome.over();
  }
}
