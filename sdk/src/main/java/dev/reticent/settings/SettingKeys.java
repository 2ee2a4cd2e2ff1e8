package dev.reticent.settings;

import dev.reticent.config.Config;
import java.util.Map;

/** The keys that builders of one config have set so far. */
final class SettingKeys {
  private Config config = Config.empty();

  void set(String key, Object value) {
    config = config.with(key, value);
  }

  /** A section that is there though none of its keys need be. */
  void section(String name) {
    if (!config.has(name)) {
      set(name, Map.of());
    }
  }

  Config config() {
    return config;
  }
}
