package dev.reticent.constraint;

import java.util.concurrent.ConcurrentHashMap;

/** What a grammar's terminals make of its vocabulary, each worked out once. Thread-safe. */
final class Slices {
  /** A pattern with more walks than any sane vocabulary asks for. */
  private static final long MOST_STEPS = 20_000_000;

  /** What is kept is forgotten when it becomes too much. */
  private static final int MOST_KEPT = 256;

  private final TokenTable tokens;
  private final ConcurrentHashMap<DfaPosition, Slice> walked = new ConcurrentHashMap<>();

  Slices(TokenTable tokens) {
    this.tokens = tokens;
  }

  TokenTable tokens() {
    return tokens;
  }

  /** A place in a string, by its place within a character and the characters to come. */
  Slice string(int state, int needed, int room) {
    return tokens.strings().of(state, needed, room);
  }

  /** Any other place. */
  Slice walked(DfaPosition terminal) {
    if (terminal.dfa() == StringRule.ANY) {
      return tokens.name(terminal);
    }
    Slice known = walked.get(terminal);
    if (known == null) {
      if (walked.size() >= MOST_KEPT) {
        walked.clear();
      }
      known = Slice.of(tokens, terminal, new WorkLimit("in one of its patterns", MOST_STEPS));
      walked.put(terminal, known);
    }
    return known;
  }
}
