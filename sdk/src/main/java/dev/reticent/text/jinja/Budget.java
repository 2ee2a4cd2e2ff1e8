package dev.reticent.text.jinja;

import java.util.List;

/** What one rendering may cost, so that a hostile template ends in a refusal, not in a hang. */
final class Budget {
  private static final long MOST_STEPS = 40_000_000;
  private static final int MOST_CHARACTERS = 8 << 20;
  private static final int DEEPEST = 400;
  private static final int CHARACTERS_PER_STEP = 4;
  private static final int CHARACTERS_PER_ELEMENT = 4;

  /** Of the rendering on this thread: values are compared without knowing it. */
  private static final ThreadLocal<Budget> CURRENT = ThreadLocal.withInitial(Budget::new);

  private long steps;
  private int depth;

  /** The budget to which comparisons on this thread are charged from now on. */
  static Budget begin() {
    Budget budget = new Budget();
    CURRENT.set(budget);
    return budget;
  }

  static void end() {
    CURRENT.remove();
  }

  /** Two values are compared, or one is looked for in another. */
  static void compared(Object a) {
    CURRENT.get().steps(a instanceof String text ? 1 + text.length() / 64 : 1);
  }

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

  /** A list of so many elements is about to be made. */
  void elements(long count) {
    size(count > MOST_CHARACTERS ? count : count * CHARACTERS_PER_ELEMENT);
  }

  /** A value that was made; others than texts and lists count as steps already. */
  <T> T made(T value) {
    if (value instanceof String text) {
      size(text.length());
    } else if (value instanceof List<?> list) {
      elements(list.size());
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
