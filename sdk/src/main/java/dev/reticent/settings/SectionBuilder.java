package dev.reticent.settings;

/**
 * Sets keys of one section of a config, so that defaults, limits and messages are those of YAML.
 *
 * @param <B> the builder itself
 */
abstract class SectionBuilder<B extends SectionBuilder<B>> {
  private final SettingKeys keys;
  private final String prefix;

  /**
   * @param prefix before each key, with its dot; empty for the config's own keys
   */
  SectionBuilder(SettingKeys keys, String prefix) {
    this.keys = keys;
    this.prefix = prefix;
  }

  @SuppressWarnings("unchecked") // each builder names itself
  final B set(String key, Object value) {
    keys.set(prefix + key, value);
    return (B) this;
  }
}
