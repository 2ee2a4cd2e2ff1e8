package dev.reticent.constraint;

import dev.reticent.sampling.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Keeps one answer to a grammar, and brings it to its end before its tokens run out. */
final class JsonConstraint implements TokenConstraint {
  private final Grammar grammar;
  private final ByteArrayOutputStream name = new ByteArrayOutputStream();
  private State state;
  private int left; // tokens
  private int[] planned = {}; // the rest of an ending that was begun
  private boolean ended;

  JsonConstraint(Grammar grammar, int mostTokens) {
    this.grammar = grammar;
    this.state = grammar.start();
    this.left = mostTokens;
  }

  @Override
  public BitSet allowed() {
    BitSet ends = grammar.tokens().ends();
    if (ended || left == 0) {
      return ends;
    }
    BitSet allowed = grammar.allowed(state, left - 1);
    if (state.complete()) {
      allowed = (BitSet) allowed.clone();
      allowed.or(ends);
    } else if (state.cost() > left) { // tokens of several bytes are needed, and known to suffice
      allowed = (BitSet) allowed.clone();
      int most = planned.length == 0 ? left : planned.length;
      planned = grammar.shortest(state, most, Mask.work()).orElse(planned);
      allowed.set(planned[0]);
    }
    return allowed;
  }

  @Override
  public List<Integer> expected() {
    return ended || left == 0 ? List.of() : grammar.forced(state);
  }

  @Override
  public boolean over() {
    return ended || state.over();
  }

  @Override
  public void accept(int id) {
    if (ended || grammar.tokens().ends().get(id)) {
      ended = true;
      return;
    }
    byte[] bytes = grammar.tokens().bytes(id);
    State after = state;
    for (byte b : bytes) {
      after = next(after, b & 0xFF);
    }
    if (bytes.length == 0 || after.isDead()) {
      throw new IllegalArgumentException("Token " + id + " is not one that may come next.");
    }
    boolean asPlanned = planned.length > 0 && planned[0] == id;
    planned = asPlanned ? Arrays.copyOfRange(planned, 1, planned.length) : new int[0];
    state = after;
    left--;
  }

  private State next(State from, int b) {
    if (!from.inName()) {
      name.reset();
    }
    State to = grammar.next(from, b);
    if (from.inName() && !to.isDead()) {
      name.write(b);
      if (b == '"' && !to.inName()) {
        return grammar.named(to, name.toByteArray());
      }
    }
    return to;
  }
}
