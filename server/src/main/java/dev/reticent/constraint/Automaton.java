package dev.reticent.constraint;

import java.util.HashMap;
import java.util.Map;

/** The states of one shape's answers, kept so that none is worked out twice. */
final class Automaton {
  private static final int MOST_STATES = 8_000;

  private final Shape shape;
  private final Map<State, State> states = new HashMap<>();

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
    if (states.size() >= MOST_STATES) {
      states.clear();
    }
    State known = states.putIfAbsent(state, state);
    return known == null ? state : known;
  }
}
