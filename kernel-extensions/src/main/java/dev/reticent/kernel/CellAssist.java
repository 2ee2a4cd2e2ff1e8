package dev.reticent.kernel;

import dev.reticent.config.KeyReference;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What Tab and Shift-Tab say in a cell of a magic; nothing in any other cell, where the kernel has
 * its own answer. Places are counted in code points, as Jupyter counts them.
 */
final class CellAssist {

  private static final Pattern NAME_BEGUN = Pattern.compile("(?:^|\\n)[ \\t]*(%{1,2})(\\w*)$");
  private static final Pattern OF_CELL = Pattern.compile("\\A\\s*%%(\\w+)");
  private static final Pattern NAME = Pattern.compile("(%{1,2})(\\w+)");

  /** Words that may stand from {@code start} to {@code end}. */
  record Completion(List<String> words, int start, int end) {}

  private final List<Magic> magics;

  CellAssist(List<Magic> magics) {
    this.magics = List.copyOf(magics);
  }

  Optional<Completion> complete(String code, int at) {
    String before = code.substring(0, code.offsetByCodePoints(0, at));
    Matcher begun = NAME_BEGUN.matcher(before);
    if (begun.find()) {
      return names(begun.group(1), begun.group(2), at);
    }
    return ofCell(code).flatMap(magic -> complete(magic, before, at));
  }

  private Optional<Magic> ofCell(String code) {
    Matcher first = OF_CELL.matcher(code);
    return first.find()
        ? magics.stream()
            .filter(magic -> magic.isOfCell() && magic.name().equals(first.group(1)))
            .findFirst()
        : Optional.empty();
  }

  private Optional<Completion> names(String sign, String typed, int at) {
    List<String> names =
        magics.stream()
            .filter(magic -> magic.sign().startsWith(sign) && magic.name().startsWith(typed))
            .map(Magic::typed)
            .sorted()
            .toList();
    return completion(names, sign + typed, at);
  }

  private static Optional<Completion> completion(List<String> words, String typed, int at) {
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(new Completion(words, at - typed.codePointCount(0, typed.length()), at));
  }

  private static Optional<Completion> complete(Magic magic, String before, int at) {
    String line = before.stripLeading();
    if (!line.contains("\n")) {
      return onItsLine(magic, line.substring(line.lastIndexOf(' ') + 1), at);
    }
    YamlPlace place = YamlPlace.at(line.substring(line.indexOf('\n') + 1));
    return place.isValue()
        ? completion(values(magic, place.path(), place.typed()), place.typed(), at)
        : completion(keys(magic, place), place.typed(), at);
  }

  /** Words and overrides on the line of the magic. */
  private static Optional<Completion> onItsLine(Magic magic, String typed, int at) {
    int equals = typed.indexOf('=');
    if (equals > 0) {
      String begun = typed.substring(equals + 1);
      return completion(values(magic, typed.substring(0, equals), begun), begun, at);
    }
    List<String> words =
        Stream.concat(magic.words().stream(), magic.keys().stream().map(key -> key.path() + "="))
            .filter(word -> word.startsWith(typed))
            .toList();
    return completion(words, typed, at);
  }

  /** Keys of the mapping at a place: with a blank behind a value's key, bare before a mapping. */
  private static List<String> keys(Magic magic, YamlPlace place) {
    String prefix = place.path().isEmpty() ? "" : place.path() + ".";
    TreeSet<String> words = new TreeSet<>();
    for (KeyReference key : magic.keys()) {
      if (key.path().startsWith(prefix + place.typed())) {
        String rest = key.path().substring(prefix.length());
        int dot = rest.indexOf('.');
        boolean hasValue = dot < 0 && !key.type().startsWith("a mapping");
        words.add(hasValue ? rest + ": " : rest.replaceFirst("\\..*", "") + ":");
      }
    }
    return List.copyOf(words);
  }

  private static List<String> values(Magic magic, String path, String typed) {
    Optional<KeyReference> key =
        magic.keys().stream().filter(k -> k.path().equals(path)).findFirst();
    return key.map(found -> KeyValues.of(found, typed)).orElse(List.of()).stream()
        .filter(value -> value.startsWith(typed))
        .toList();
  }

  /** Help on what stands at a place: a magic, or a key of its YAML. */
  Optional<Display> inspect(String code, int at) {
    int cursor = code.offsetByCodePoints(0, at);
    Matcher names = NAME.matcher(code);
    while (names.find()) {
      if (names.start() <= cursor && cursor <= names.end()) {
        return magics.stream()
            .filter(magic -> magic.typed().equals(names.group()))
            .findFirst()
            .map(MagicHelp::of);
      }
    }
    return ofCell(code).flatMap(magic -> key(magic, code, cursor)).map(MagicHelp::of);
  }

  private static Optional<KeyReference> key(Magic magic, String code, int cursor) {
    int end = cursor;
    while (end < code.length() && isOfWord(code.charAt(end))) {
      end++;
    }
    String before = code.substring(0, end).stripLeading();
    String path = before.contains("\n") ? inYaml(before) : onLine(before);
    return magic.keys().stream().filter(key -> key.path().equals(path)).findFirst();
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || "_.-".indexOf(c) >= 0;
  }

  private static String inYaml(String before) {
    YamlPlace place = YamlPlace.at(before.substring(before.indexOf('\n') + 1));
    return place.isValue() ? place.path() : join(place.path(), place.typed());
  }

  private static String onLine(String before) {
    String word = before.substring(before.lastIndexOf(' ') + 1);
    return word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
