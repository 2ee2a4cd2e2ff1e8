package dev.reticent.lora;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The meaning of {@code target_modules} in an adapter_config.json, as Python PEFT has it. */
final class PeftTargets {
  private PeftTargets() {}

  /** Target names for a {@link LoraSpec}: the names of a list, or the paths that a text matches. */
  static List<String> read(JsonFields json, ModelConfig config) {
    List<String> targets = targets(json, config);
    if (json.isEmpty("exclude_modules")) {
      return targets;
    }
    if (!json.isEmpty("layers_to_transform")) {
      throw json.wrong("exclude_modules", "nothing beside layers_to_transform");
    }
    Predicate<String> excluded = excluded(json);
    List<String> left =
        AdapterLayout.paths(config).stream()
            .filter(path -> targets.stream().anyMatch(target -> names(target, path)))
            .filter(excluded.negate())
            .toList();
    if (left.isEmpty()) {
      throw json.wrong("exclude_modules", "some of target_modules to be left");
    }
    return left;
  }

  private static boolean names(String target, String path) {
    return path.equals(target) || path.endsWith("." + target);
  }

  /** Names in a list, or a regular expression for the whole path. */
  private static Predicate<String> excluded(JsonFields json) {
    if (json.isList("exclude_modules")) {
      List<String> names = json.texts("exclude_modules");
      return path -> names.stream().anyMatch(name -> names(name, path));
    }
    Pattern pattern = pattern(json, "exclude_modules");
    return path -> pattern.matcher(path).matches();
  }

  private static List<String> targets(JsonFields json, ModelConfig config) {
    List<String> paths = AdapterLayout.paths(config);
    List<String> found;
    if (json.isList("target_modules")) {
      found =
          json.texts("target_modules").stream()
              .filter(t -> paths.stream().anyMatch(p -> names(t, p)))
              .toList();
    } else {
      String text = json.text("target_modules");
      if (text.toLowerCase(Locale.ROOT).equals("all-linear")) {
        return Projection.targets(config);
      }
      Pattern pattern = pattern(json, "target_modules");
      found = paths.stream().filter(p -> pattern.matcher(p).matches()).toList();
    }
    if (found.isEmpty()) {
      throw json.wrong(
          "target_modules",
          "modules of " + config.family().architecture() + ", none of which match");
    }
    return found;
  }

  private static Pattern pattern(JsonFields json, String key) {
    try {
      return Pattern.compile(json.text(key));
    } catch (PatternSyntaxException e) {
      throw json.wrong(key, "a list or a regular expression");
    }
  }
}
