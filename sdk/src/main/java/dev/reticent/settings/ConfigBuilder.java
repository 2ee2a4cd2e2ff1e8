package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import java.util.function.Function;

/**
 * A config in code, able to say all that YAML can: each method sets one key, and whatever is not
 * set has its default.
 *
 * @param <B> the builder itself
 * @param <C> the settings that come of it
 */
public abstract class ConfigBuilder<B extends ConfigBuilder<B, C>, C> extends SectionBuilder<B> {
  private final SettingKeys keys;
  private final Function<Config, C> read;

  @Internal
  protected ConfigBuilder(Function<Config, C> read) {
    this(new SettingKeys(), read);
  }

  private ConfigBuilder(SettingKeys keys, Function<Config, C> read) {
    super(keys);
    this.keys = keys;
    this.read = read;
  }

  /** The keys set, for a recipe, or to be changed further by name. */
  public final Config config() {
    return keys.config();
  }

  /**
   * The settings.
   *
   * @throws dev.reticent.config.UserInputException naming every problem
   */
  public final C build() {
    return read.apply(config());
  }
}
