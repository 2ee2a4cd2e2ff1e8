package dev.reticent.lora;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The meaning of {@code target_modules} in an adapter_config.json, as Python PEFT has it. */
final class PeftTargets {
  private PeftTargets() {}

  /** Target names for a {@link LoraSpec}: the names of a list, or the paths that a text matches. */
  static List<String> read(JsonFields json, ModelConfig config) {
    List<String> paths = AdapterLayout.paths(config);
    List<String> found;
    if (json.isList("target_modules")) {
      found =
          json.texts("target_modules").stream()
              .filter(t -> paths.stream().anyMatch(p -> p.equals(t) || p.endsWith("." + t)))
              .toList();
    } else {
      String text = json.text("target_modules");
      if (text.toLowerCase(Locale.ROOT).equals("all-linear")) {
        return Projection.of(config).stream().map(Projection::module).toList();
      }
      Pattern pattern = pattern(json, text);
      found = paths.stream().filter(p -> pattern.matcher(p).matches()).toList();
    }
    if (found.isEmpty()) {
      throw json.wrong(
          "target_modules",
          "modules of " + config.family().architecture() + ", none of which match");
    }
    return found;
  }

  private static Pattern pattern(JsonFields json, String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw json.wrong("target_modules", "a list, \"all-linear\" or a regular expression");
    }
  }
}
