package dev.reticent.config;

import dev.reticent.api.Internal;
import java.util.List;

/**
 * What a user may know about a key: made by the same declaration that reads it.
 *
 * @param path with dots, such as {@code lora.lora_rank}
 * @param type what is expected, in words; "a mapping" for a section
 * @param preset the default as YAML; "required" or "none" where there is no value
 * @param spellings other paths under which the same setting is accepted
 */
@Internal
public record KeyReference(
    String path, String type, String preset, String description, List<String> spellings) {
  public KeyReference {
    spellings = List.copyOf(spellings);
  }
}
