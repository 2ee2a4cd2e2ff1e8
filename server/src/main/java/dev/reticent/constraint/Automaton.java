package dev.reticent.constraint;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The states of one shape's answers, kept so that none is worked out twice, while they are not too
 * many. Thread-safe, without locks: two threads may work out the same state, and keep one.
 */
final class Automaton {
  private static final long MOST_BYTES = 16 << 20;

  private final Shape shape;
  private final ConcurrentHashMap<State, State> states = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  Automaton(Shape shape) {
    this.shape = shape;
  }

  State start() {
    return intern(State.of(Stack.EMPTY.push(new Shape.Value(shape, Shape.MOST_LEVELS))));
  }

  /** The one state of its kind; what is kept is forgotten when it becomes too much. */
  State intern(State state) {
    if (state.isDead()) {
      return state;
    }
    State known = states.putIfAbsent(state, state);
    if (known != null) {
      return known;
    }
    grown(state.bytes());
    return state;
  }

  /** Counts memory that a state holds from now on. */
  void grown(long more) {
    if (bytes.addAndGet(more) > MOST_BYTES) {
      bytes.set(0);
      states.clear();
    }
  }
}
