package dev.reticent.serving;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Notices, token by token, where an answer begins a call. */
final class ToolTrigger {
  private final ToolSyntax syntax;
  private final TokenTexts texts;
  private final byte[] begin;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private boolean begun;

  ToolTrigger(ToolSyntax syntax, TokenTexts texts, boolean forced) {
    this.syntax = syntax;
    this.texts = texts;
    this.begin = syntax.begin().getBytes(StandardCharsets.UTF_8);
    this.begun = forced;
  }

  boolean begun() {
    return begun;
  }

  /** Whether the call begins with this token itself, as where nothing stands before it. */
  boolean hears(int id) {
    if (begun) {
      return false;
    }
    boolean first = text.size() == 0;
    text.writeBytes(texts.bytes(id));
    if (syntax.begin().isEmpty()) {
      begun = first && text.toString(StandardCharsets.UTF_8).startsWith("{");
      return begun;
    }
    byte[] all = text.toByteArray();
    int from = all.length - begin.length;
    begun = from >= 0 && java.util.Arrays.equals(all, from, all.length, begin, 0, begin.length);
    if (!begun && from > 0) { // only what may be part of a beginning is kept
      text.reset();
      text.write(all, from, begin.length);
    }
    return false;
  }
}
