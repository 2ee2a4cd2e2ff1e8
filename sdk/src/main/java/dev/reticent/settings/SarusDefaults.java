package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a fine-tuning file of sarus-llm that leaves a key out meant something else than is done
 * here. Such a file is known by its {@code deepspeed} section.
 */
@Internal
public final class SarusDefaults {

  /**
   * @param section the key's section, without which it means nothing; empty for none
   */
  private record Default(String section, String key, String there) {
    boolean leftOutOf(Config config) {
      return !config.has(key) && (section.isEmpty() || config.has(section));
    }
  }

  private static final List<Default> DEFAULTS =
      List.of(
          new Default("", "quantization.load_in_4bit", "true"),
          new Default("lora", "lora.lora_rank", "128"),
          new Default("lora", "lora.lora_alpha", "256"),
          new Default("", "learning_rate", "1e-5"));

  private SarusDefaults() {}

  /**
   * Whether a path is one: sarus-llm's launcher writes Python's word for none where there is none.
   */
  static boolean isNamed(Path path) {
    return !path.toString().equals("None");
  }

  /** The default of this library, from the declaration that reads the key, as people write it. */
  private static String here(String key) {
    return Config.reference(FinetuneConfig::read).stream()
        .filter(known -> known.path().equals(key))
        .map(known -> known.preset().replace(".0", "").replace('E', 'e'))
        .findFirst()
        .orElseThrow();
  }

  /** One sentence that names them all, for a file of sarus-llm that leaves any of them out. */
  public static Optional<String> notice(Config config) {
    List<Default> left = DEFAULTS.stream().filter(one -> one.leftOutOf(config)).toList();
    if (left.isEmpty() || !config.has("deepspeed")) {
      return Optional.empty();
    }
    return Optional.of(
        left.stream()
            .map(one -> one.key() + " is " + here(one.key()) + " (there " + one.there() + ")")
            .collect(
                Collectors.joining(
                    ", ",
                    "a file as of sarus-llm, and other defaults where it leaves keys out: ",
                    "")));
  }
}
