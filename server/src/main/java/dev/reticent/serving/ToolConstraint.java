package dev.reticent.serving;

import dev.reticent.constraint.JsonFormat;
import dev.reticent.sampling.TokenConstraint;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Leaves an answer free until it begins a call, which is kept to the schemas of the tools. */
final class ToolConstraint implements TokenConstraint {
  private final JsonFormat calls;
  private final ToolTrigger trigger;
  private final BitSet every = new BitSet();
  private int left;
  private Optional<TokenConstraint> call = Optional.empty();

  ToolConstraint(JsonFormat calls, ToolTrigger trigger, int vocabularySize, int mostTokens) {
    this.calls = calls;
    this.trigger = trigger;
    this.left = mostTokens;
    every.set(0, vocabularySize);
  }

  @Override
  public BitSet allowed() {
    return call.isPresent() ? call.get().allowed() : every;
  }

  @Override
  public void accept(int id) {
    left--;
    if (call.isPresent()) {
      call.get().accept(id);
      return;
    }
    boolean within = trigger.hears(id);
    if (trigger.begun()) {
      TokenConstraint begun = calls.within(within ? left + 1 : left).create();
      if (!within) {
        call = Optional.of(begun);
      } else if (begun.allowed().get(id)) { // else it is no call, but a text that begins like one
        begun.accept(id);
        call = Optional.of(begun);
      }
    }
  }

  @Override
  public List<Integer> expected() {
    return call.map(TokenConstraint::expected).orElse(List.of());
  }

  @Override
  public boolean over() {
    return call.map(TokenConstraint::over).orElse(false);
  }
}
