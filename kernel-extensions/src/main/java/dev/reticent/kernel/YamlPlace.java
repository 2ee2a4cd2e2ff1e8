package dev.reticent.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Where in a YAML text its end is: in which mapping, before a key or behind one. Reads mappings by
 * indentation and in braces, as far as a text that is still being typed lets it.
 *
 * @param path of the mapping, with dots; behind a key, that of the key
 * @param typed of the word that the text ends with
 */
record YamlPlace(String path, boolean isValue, String typed) {

  static YamlPlace at(String text) {
    List<String> lines = List.of(text.split("\n", -1));
    Reader reader = new Reader();
    for (String line : lines.subList(0, lines.size() - 1)) {
      if (!line.isBlank()) {
        reader.line(line);
      }
    }
    reader.line(lines.get(lines.size() - 1));
    return reader.place();
  }

  /** A key whose value is a mapping, by indentation or in braces. */
  private record Level(String name, int indent, boolean braces) {}

  private static final class Reader {
    /** The innermost first. */
    private final Deque<Level> levels = new ArrayDeque<>();

    private final StringBuilder word = new StringBuilder();
    private String key = "";
    private int indent;
    private int brackets;
    private char quote;

    void line(String line) {
      String text = line.replaceFirst("(^|\\s)#.*", "");
      if (!inBraces() && brackets == 0) {
        int before = indent;
        indent = text.length() - text.stripLeading().length();
        if (!key.isEmpty() && word.toString().isBlank() && indent > before) {
          levels.push(new Level(key, before, false));
        }
        levels.removeIf(level -> level.indent() >= indent);
        key = "";
      }
      quote = 0;
      word.setLength(0);
      for (int i = 0; i < text.length(); i++) {
        boolean spaceFollows = i + 1 == text.length() || text.charAt(i + 1) == ' ';
        character(text.charAt(i), spaceFollows);
      }
    }

    private void character(char c, boolean spaceFollows) {
      if (quote != 0 || ((c == '"' || c == '\'') && word.toString().isBlank())) {
        quote = quote == 0 ? c : quote == c ? 0 : quote;
        word.append(c);
      } else if (c == ':' && spaceFollows && key.isEmpty()) {
        begin(word.toString().strip());
      } else if (c == '{' && word.toString().isBlank()) {
        levels.push(new Level(key, indent, true));
        begin("");
      } else if (c == '}' && inBraces()) {
        levels.pop();
        begin("");
      } else if (c == '[' && word.toString().isBlank()) {
        brackets++;
        word.setLength(0);
      } else if (c == ']' && brackets > 0) {
        brackets--;
      } else if (c == ',' && brackets > 0) {
        word.setLength(0);
      } else if (c == ',' && inBraces()) {
        begin("");
      } else {
        word.append(c);
      }
    }

    private void begin(String next) {
      key = next;
      word.setLength(0);
    }

    private boolean inBraces() {
      return !levels.isEmpty() && levels.peek().braces();
    }

    YamlPlace place() {
      StringBuilder path = new StringBuilder();
      Iterator<Level> outermostFirst = levels.descendingIterator();
      while (outermostFirst.hasNext()) {
        append(path, outermostFirst.next().name());
      }
      append(path, key);
      return new YamlPlace(path.toString(), !key.isEmpty(), word.toString().stripLeading());
    }

    private static void append(StringBuilder path, String name) {
      if (!name.isEmpty()) {
        path.append(path.length() == 0 ? "" : ".").append(name);
      }
    }
  }
}
