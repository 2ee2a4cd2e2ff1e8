package dev.reticent.text.jinja;

/** What one rendering may cost, so that a hostile template ends in a refusal, not in a hang. */
final class Budget {
  private static final long MOST_STEPS = 50_000_000;
  private static final int MOST_CHARACTERS = 64 << 20;
  private static final int DEEPEST = 400;
  private static final int CHARACTERS_PER_STEP = 16;

  private long steps;
  private int depth;

  /** One evaluation of a node, one turn of a loop. */
  void step() {
    steps(1);
  }

  private void steps(long count) {
    steps += count;
    if (steps > MOST_STEPS) {
      throw TemplateException.limit("the template takes more than " + MOST_STEPS + " steps");
    }
  }

  /** A value of so many characters or elements is about to be made. */
  void size(long size) {
    total(size);
    steps(size / CHARACTERS_PER_STEP);
  }

  /** A value has grown to so many characters. */
  void total(long size) {
    if (size > MOST_CHARACTERS) {
      throw TemplateException.limit(
          "the template makes a value of more than " + MOST_CHARACTERS + " characters");
    }
  }

  /** A value that was made; others than texts and lists count as steps already. */
  <T> T made(T value) {
    if (value instanceof String text) {
      size(text.length());
    } else if (value instanceof java.util.List<?> list) {
      size(list.size());
    }
    return value;
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw TemplateException.limit("the template nests more than " + DEEPEST + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
