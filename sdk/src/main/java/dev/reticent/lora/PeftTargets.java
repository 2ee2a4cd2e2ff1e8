package dev.reticent.lora;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * The meaning of {@code target_modules} and {@code target_parameters} in an adapter_config.json, as
 * Python PEFT has it: the latter are the matrices of all experts.
 */
final class PeftTargets {
  private PeftTargets() {}

  /** Target names for a {@link LoraSpec}: the names of a list, or the paths that a text matches. */
  static List<String> read(JsonFields json, ModelConfig config) {
    List<String> found = new ArrayList<>(experts(json, config));
    boolean alone = !found.isEmpty() && json.isEmpty("target_modules");
    if (!alone) {
      found.addAll(0, modules(json, config));
    }
    return found;
  }

  private static List<String> experts(JsonFields json, ModelConfig config) {
    if (json.isEmpty("target_parameters")) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (String name : json.texts("target_parameters")) {
      List<AdapterLayout.Module> named =
          AdapterLayout.modules(config)
              .filter(m -> m.projection().ofExperts() && names(name, m.path()))
              .toList();
      if (named.isEmpty()) {
        throw json.wrong(
            "target_parameters",
            "the matrices of experts ("
                + Projection.of(config).stream()
                    .filter(Projection::ofExperts)
                    .map(p -> p.target(config))
                    .collect(Collectors.joining(", "))
                + "), not \""
                + name
                + "\"; "
                + PeftConfig.CURE);
      }
      boolean one = named.stream().anyMatch(m -> m.path().equals(name));
      found.add(one ? name : named.get(0).projection().target(config));
    }
    return found;
  }

  private static List<String> modules(JsonFields json, ModelConfig config) {
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
        return Projection.targets(config).stream()
            .filter(target -> paths.stream().anyMatch(path -> names(target, path)))
            .toList();
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
