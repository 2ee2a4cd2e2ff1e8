package dev.reticent.text.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the parser notes of names: those that a macro's body reads, and filters and tests that do
 * not exist. jinja2 refuses the latter when it reads the template, except directly within a
 * condition, where it waits until they are reached.
 */
final class Names {
  private final Deque<Set<String>> readers = new ArrayDeque<>();
  private final List<TemplateException> unknown = new ArrayList<>();
  private boolean soft;

  Names() {
    readers.push(new HashSet<>());
  }

  void read(Token token) {
    if (token.text().equals("self") || token.text().equals("super")) {
      throw TemplateException.unsupported("'" + token.text() + "'").at(token.line());
    }
    readers.forEach(reader -> reader.add(token.text()));
  }

  /** Starts to note what the body of a macro reads. */
  void enterMacro() {
    readers.push(new HashSet<>());
  }

  Macros.Reads leaveMacro() {
    Set<String> read = readers.pop();
    return new Macros.Reads(
        read.contains("varargs"), read.contains("kwargs"), read.contains("caller"));
  }

  boolean soften() {
    boolean before = soft;
    soft = true;
    return before;
  }

  boolean harden() {
    boolean before = soft;
    soft = false;
    return before;
  }

  void restore(boolean before) {
    soft = before;
  }

  void filter(String name, int line) {
    if (!soft && !Filters.exists(name)) {
      unknown.add(TemplateException.syntax(line, "no filter named '" + name + "'"));
    }
  }

  void test(String name, int line) {
    if (!soft && !Tests.exists(name)) {
      unknown.add(TemplateException.syntax(line, "no test named '" + name + "'"));
    }
  }

  /** How many names are unknown so far. */
  int mark() {
    return unknown.size();
  }

  /** What was unknown since a mark turned out to stand within a condition. */
  void forget(int mark) {
    unknown.subList(mark, unknown.size()).clear();
  }

  void refuseUnknown() {
    if (!unknown.isEmpty()) {
      throw unknown.get(0);
    }
  }
}
