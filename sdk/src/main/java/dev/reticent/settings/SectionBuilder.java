package dev.reticent.settings;

import dev.reticent.api.Internal;
import java.util.function.Consumer;

/**
 * Sets keys of one section of a config, so that defaults, limits and messages are those of YAML.
 *
 * @param <B> the builder itself
 */
@Internal
public abstract class SectionBuilder<B extends SectionBuilder<B>> {
  private final SettingKeys keys;
  private final String prefix;

  /** For the config's own keys. */
  SectionBuilder(SettingKeys keys) {
    this.keys = keys;
    this.prefix = "";
  }

  /**
   * For keys of a config that another builder is making.
   *
   * @param prefix before each key, with its dot; empty for the config's own keys
   */
  protected SectionBuilder(SectionBuilder<?> config, String prefix) {
    this.keys = config.keys;
    this.prefix = prefix;
  }

  protected final B set(String key, Object value) {
    keys.set(prefix + key, value);
    return self();
  }

  /** Sets keys by another builder. */
  protected final <S> B with(S section, Consumer<? super S> settings) {
    settings.accept(section);
    return self();
  }

  /** As {@link #with}, for a section that says something by being there, whatever its keys. */
  protected final <S> B with(String name, S section, Consumer<? super S> settings) {
    keys.section(prefix + name);
    return with(section, settings);
  }

  @SuppressWarnings("unchecked") // each builder names itself
  private B self() {
    return (B) this;
  }
}
