package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.config.Section;
import java.util.List;
import java.util.function.Function;

/**
 * A magic: its name, what it says of itself, what may be typed after it, and what it does. What is
 * registered, completed and shown as help all comes from here.
 *
 * @param sign {@code %} of a line, {@code %%} of a cell
 * @param words what may follow the name on its line, apart from {@code key=value}; a word that ends
 *     in {@code =} takes a number
 * @param usage what follows the name, for people
 * @param java the same in Java
 * @param keys of the YAML below; none where there is no YAML
 */
record Magic(
    String sign,
    String name,
    List<String> words,
    String usage,
    String java,
    String meaning,
    List<KeyReference> keys,
    Action action) {

  /** What a magic does; the lines below it are empty for a magic of one line. */
  interface Action {
    void run(Kernel kernel, List<String> arguments, String body);
  }

  static final String LINE = "%";
  static final String CELL = "%%";

  Magic {
    words = List.copyOf(words);
    keys = List.copyOf(keys);
  }

  static Magic line(
      String name, List<String> words, String usage, String java, String meaning, Action action) {
    return new Magic(LINE, name, words, usage, java, meaning, List.of(), action);
  }

  static Magic cell(
      String name,
      List<String> words,
      String java,
      String meaning,
      Function<Section, ?> reader,
      Action action) {
    StringBuilder usage = new StringBuilder();
    words.forEach(word -> usage.append('[').append(word).append(word.endsWith("=") ? "N] " : "] "));
    usage.append("[key=value …]");
    List<KeyReference> keys = Config.reference(reader);
    return new Magic(CELL, name, words, usage.toString(), java, meaning, keys, action);
  }

  boolean isOfCell() {
    return sign.equals(CELL);
  }

  /** As it is typed. */
  String typed() {
    return sign + name;
  }
}
