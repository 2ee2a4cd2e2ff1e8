package dev.reticent.run;

import dev.reticent.config.UserInputException;
import dev.reticent.settings.DistributedSettings;
import dev.reticent.settings.DistributedSettings.Engine;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** What divides work among machines; a module of its own that names its engine as a service. */
public interface ClusterEngine {

  /** As {@code distributed.engine} names it. */
  Engine engine();

  /**
   * Joins the cluster that a config says.
   *
   * @param notices told what should be known of it
   * @throws UserInputException when there is none, or it cannot do the work
   */
  Cluster join(DistributedSettings settings, Consumer<String> notices);

  /**
   * The engine that a config asks for.
   *
   * @throws UserInputException saying how to add it when it is not on the class path
   */
  static ClusterEngine of(Engine engine) {
    return ServiceLoader.load(ClusterEngine.class, ClusterEngine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(service -> service.engine() == engine)
        .findFirst()
        .orElseThrow(() -> missing(engine));
  }

  private static UserInputException missing(Engine engine) {
    String name = engine.name().toLowerCase(Locale.ROOT);
    return new UserInputException(
        "distributed.engine: %s needs the module dev.reticent:reticent-%s, which is not on the class path; add it, or remove distributed."
            .formatted(name, name));
  }
}
