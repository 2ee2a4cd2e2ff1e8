package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Strings of {@code least} to {@code most} characters that fit every one of {@code patterns}. */
record StringRule(int least, int most, List<Dfa> patterns) {
  private static final int MOST_STATES = 20_000;
  private static final LiteralPosition QUOTE = LiteralPosition.of("\"");

  /** What follows the first quote, character by character. */
  private record Written(List<Integer> states, int characters, int count, boolean closed) {}

  /** The text of a string; empty where the patterns and lengths together are too much. */
  Optional<List<Terminal>> terminals(Work work) {
    if (patterns.isEmpty()) {
      return Optional.of(List.of(QUOTE, StringPosition.start(least, most)));
    }
    Written start = new Written(patterns.stream().map(p -> 0).toList(), 0, 0, false);
    return Dfa.explore(start, this::next, Written::closed, MOST_STATES, work)
        .map(dfa -> List.of(QUOTE, new DfaPosition(dfa, 0)));
  }

  private Optional<Written> next(Written from, int b) {
    if (from.closed()) {
      return Optional.empty();
    }
    boolean between = KeyPosition.CHARACTERS.accepting(from.characters());
    if (between && b == '"') {
      return from.count() >= least && accepted(from.states())
          ? Optional.of(new Written(from.states(), from.characters(), from.count(), true))
          : Optional.empty();
    }
    int characters = KeyPosition.CHARACTERS.next(from.characters(), b);
    if (characters == Dfa.NONE || (between && from.count() == most)) {
      return Optional.empty();
    }
    List<Integer> states = new ArrayList<>();
    for (int i = 0; i < patterns.size(); i++) {
      int state = patterns.get(i).next(from.states().get(i), b);
      if (state == Dfa.NONE) {
        return Optional.empty();
      }
      states.add(state);
    }
    boolean counted = between && !(most == StringPosition.UNBOUNDED && from.count() == least);
    return Optional.of(
        new Written(states, characters, counted ? from.count() + 1 : from.count(), false));
  }

  private boolean accepted(List<Integer> states) {
    for (int i = 0; i < patterns.size(); i++) {
      if (!patterns.get(i).accepting(states.get(i))) {
        return false;
      }
    }
    return true;
  }

  boolean accepts(String text) {
    int length = text.codePointCount(0, text.length());
    String quoted = JsonText.quote(text, false);
    byte[] body = JsonText.utf8(quoted.substring(1, quoted.length() - 1));
    return length >= least
        && length <= most
        && patterns.stream().allMatch(pattern -> pattern.matches(body));
  }
}
