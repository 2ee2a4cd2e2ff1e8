package dev.reticent.serving;

import dev.reticent.settings.ConfigBuilder;
import dev.reticent.settings.ModelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A server in code, able to say all that YAML can. */
public final class ServeBuilder extends ConfigBuilder<ServeBuilder, ServeConfig> {

  ServeBuilder() {
    super(ServeConfig::of);
  }

  /** Sets what is asked for of the base model. */
  public ServeBuilder model(Consumer<ModelBuilder> model) {
    return with(new ModelBuilder(this), model);
  }

  /** Sets how the server listens and what it takes. */
  public ServeBuilder serving(Consumer<ServingBuilder> serving) {
    return with(new ServingBuilder(this), serving);
  }

  /** {@code model_name}: what clients call the base model. */
  public ServeBuilder modelName(String name) {
    return set("model_name", name);
  }

  /** {@code adapters_root}: the folder that holds the adapters. */
  public ServeBuilder adaptersRoot(Path folder) {
    return set("adapters_root", folder);
  }

  /** {@code adapters}: names of folders there, by which clients choose them. */
  public ServeBuilder adapters(List<String> names) {
    return set("adapters", names);
  }
}
