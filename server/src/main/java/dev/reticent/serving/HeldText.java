package dev.reticent.serving;

import dev.reticent.sampling.GeneratedToken;
import java.util.Optional;

/**
 * Holds back from a stream what is a call of a tool, or may be the beginning of one: the client is
 * told of a call when it is whole, and of a text as soon as it is certain to be text.
 */
final class HeldText {
  private final Optional<ToolTrigger> trigger;
  private final String begin;
  private final StringBuilder held = new StringBuilder();

  private HeldText(Optional<ToolTrigger> trigger, String begin) {
    this.trigger = trigger;
    this.begin = begin;
  }

  static HeldText of(Tools tools, TokenTexts texts) {
    return new HeldText(
        tools
            .syntax()
            .filter(syntax -> tools.callable())
            .map(syntax -> new ToolTrigger(syntax, texts, tools.forced())),
        tools.syntax().map(ToolSyntax::begin).orElse(""));
  }

  /** Whether a call has begun. */
  boolean ofCall() {
    return trigger.map(ToolTrigger::begun).orElse(false);
  }

  /** The token with the text that is certain by now. */
  GeneratedToken shown(GeneratedToken token) {
    if (trigger.isEmpty()) {
      return token;
    }
    boolean before = !ofCall();
    trigger.get().hears(token.id());
    held.append(token.text());
    int certain = before ? held.length() - mayBegin() : 0;
    if (before && ofCall() && begin.isEmpty()) {
      certain = 0; // the token itself begins the call
    }
    String text = held.substring(0, certain);
    held.delete(0, certain);
    return token.withText(text);
  }

  /** How many of the last characters held may be the beginning of a call. */
  private int mayBegin() {
    int most = Math.min(held.length(), begin.length());
    while (most > 0 && !begin.startsWith(held.substring(held.length() - most))) {
      most--;
    }
    return most;
  }

  /** What is held at the end: text, if there was no call after all. */
  String rest() {
    return held.toString();
  }
}
