package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Strings of {@code least} to {@code most} characters.
 *
 * @param patterns they fit every one
 * @param not they fit none
 */
record StringRule(int least, int most, List<Dfa> patterns, List<Dfa> not) {
  private static final int MOST_STATES = 20_000;
  private static final LiteralPosition QUOTE = LiteralPosition.of("\"");

  /** Any string. */
  static final StringRule NAMES = new StringRule(0, StringPosition.UNBOUNDED, List.of(), List.of());

  /** Any string in its canonical spelling, its last quote included. */
  static final Dfa ANY = NAMES.dfa(WorkLimit.unlimited()).orElseThrow();

  /** What follows the first quote, character by character. */
  private record Written(List<Integer> states, int characters, int count, boolean closed) {}

  /** Those of the strings that fit one more pattern. */
  StringRule and(Dfa pattern) {
    List<Dfa> all = new ArrayList<>(patterns);
    all.add(pattern);
    return new StringRule(least, most, all, not);
  }

  /** The text of a string; empty where the patterns and lengths together are too much. */
  Optional<List<Terminal>> terminals(Patterns known) {
    if (patterns.isEmpty() && not.isEmpty()) { // any spelling
      return Optional.of(List.of(QUOTE, StringPosition.start(least, most)));
    }
    return known.strings(this).map(dfa -> List.of(QUOTE, new DfaPosition(dfa, 0)));
  }

  /** What follows the first quote, in canonical spelling, the last quote included. */
  Optional<Dfa> dfa(WorkLimit work) {
    List<Integer> states = new ArrayList<>();
    for (int i = 0; i < patterns.size() + not.size(); i++) {
      states.add(0);
    }
    Written start = new Written(states, 0, 0, false);
    return Dfa.explore(start, this::next, Written::closed, MOST_STATES, this::cuts, work);
  }

  /** The bytes after which it may go on unlike after the one before them. */
  private BitSet cuts(Written from) {
    BitSet cuts = new BitSet();
    if (!from.closed()) {
      cuts.set('"', '"' + 2);
      Characters.CANONICAL.cuts(from.characters(), cuts);
      for (int i = 0; i < from.states().size(); i++) {
        if (from.states().get(i) != Dfa.NONE) {
          dfa(i).cuts(from.states().get(i), cuts);
        }
      }
    }
    return cuts;
  }

  private Optional<Written> next(Written from, int b) {
    if (from.closed()) {
      return Optional.empty();
    }
    boolean between = Characters.CANONICAL.accepting(from.characters());
    if (between && b == '"') {
      return from.count() >= least && accepted(from.states())
          ? Optional.of(new Written(from.states(), from.characters(), from.count(), true))
          : Optional.empty();
    }
    int characters = Characters.CANONICAL.next(from.characters(), b);
    if (characters == Dfa.NONE || (between && from.count() == most)) {
      return Optional.empty();
    }
    List<Integer> states = new ArrayList<>();
    for (int i = 0; i < from.states().size(); i++) {
      int state =
          from.states().get(i) == Dfa.NONE ? Dfa.NONE : dfa(i).next(from.states().get(i), b);
      if (state == Dfa.NONE && i < patterns.size()) {
        return Optional.empty();
      }
      states.add(state);
    }
    boolean counted = between && !(most == StringPosition.UNBOUNDED && from.count() == least);
    return Optional.of(
        new Written(states, characters, counted ? from.count() + 1 : from.count(), false));
  }

  private Dfa dfa(int i) {
    return i < patterns.size() ? patterns.get(i) : not.get(i - patterns.size());
  }

  private boolean accepted(List<Integer> states) {
    for (int i = 0; i < states.size(); i++) {
      boolean fits = states.get(i) != Dfa.NONE && dfa(i).accepting(states.get(i));
      if (fits != i < patterns.size()) {
        return false;
      }
    }
    return true;
  }

  boolean accepts(String text) {
    int length = text.codePointCount(0, text.length());
    byte[] body = JsonText.body(text);
    return length >= least
        && length <= most
        && patterns.stream().allMatch(pattern -> pattern.matches(body))
        && not.stream().noneMatch(pattern -> pattern.matches(body));
  }
}
