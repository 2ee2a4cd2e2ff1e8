package dev.reticent.kernel;

import dev.reticent.config.KeyReference;
import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is said of magics and of the keys of their YAML. */
final class MagicHelp {

  private MagicHelp() {}

  /** All magics, and the same in Java. */
  static Display table(List<Magic> magics) {
    List<List<String>> rows = new ArrayList<>();
    for (Magic magic : magics) {
      String yaml = magic.isOfCell() ? "\nYAML" : "";
      String typed = (magic.typed() + " " + magic.usage()).strip() + yaml;
      rows.add(List.of(typed, magic.java(), magic.meaning()));
    }
    rows.add(
        List.of(
            "",
            "finetuned.lossChart()\nfinetuned.epsilonChart()",
            "The curves of a run made here."));
    return Views.table("Reticent in a notebook", List.of("magic", "Java", "what it does"), rows);
  }

  /**
   * A magic with the keys of its YAML, or one key.
   *
   * @param name such as {@code finetune}, {@code %%finetune} or {@code lora.lora_rank}
   */
  static Display of(String name, List<Magic> magics) {
    String plain = name.replaceFirst("^%{1,2}", "");
    Optional<Magic> magic = magics.stream().filter(m -> m.name().equals(plain)).findFirst();
    if (magic.isPresent()) {
      return of(magic.get());
    }
    return magics.stream()
        .flatMap(m -> m.keys().stream())
        .filter(key -> key.path().equals(plain) || key.path().endsWith("." + plain))
        .findFirst()
        .map(MagicHelp::of)
        .orElseThrow(
            () ->
                new UserInputException(
                    "reticent help: there is no magic or key '"
                        + name
                        + "'; the magics are "
                        + magics.stream().map(Magic::name).collect(Collectors.joining(", "))
                        + "."));
  }

  static Display of(Magic magic) {
    String title = (magic.typed() + " " + magic.usage()).strip();
    List<List<String>> rows = new ArrayList<>();
    for (KeyReference key : magic.keys()) {
      rows.add(List.of(key.path(), key.type(), key.preset(), key.description()));
    }
    Display head = Views.text(magic.meaning() + "\nIn Java: " + magic.java());
    if (rows.isEmpty()) {
      return Display.html(Html.heading(title) + head.html(), title + "\n" + head.text());
    }
    Display keys = Views.table("", List.of("key", "value", "default", "meaning"), rows);
    return Display.html(
        Html.heading(title) + head.html() + keys.html(),
        title + "\n" + head.text() + "\n\n" + keys.text());
  }

  static Display of(KeyReference key) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("value", key.type()));
    rows.add(List.of("default", key.preset()));
    rows.add(List.of("meaning", key.description()));
    if (!key.spellings().isEmpty()) {
      rows.add(List.of("also", String.join(", ", key.spellings())));
    }
    return Views.table(key.path(), List.of(), rows);
  }
}
