package dev.reticent.spark;

import dev.reticent.config.Config;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an executor computes with on each of its devices: the model of the work that came last,
 * whatever work that was, so that there is never room needed for two. Tasks for the same devices
 * take turns.
 *
 * @param <M> a model that stays open between tasks
 */
final class HeldModels<M> {

  private static final Map<List<String>, Held> HELD = new ConcurrentHashMap<>();

  private final String what;
  private final Function<Config, M> open;
  private final Consumer<M> close;

  /**
   * @param what settings are called in messages
   */
  HeldModels(String what, Function<Config, M> open, Consumer<M> close) {
    this.what = what;
    this.open = open;
    this.close = close;
  }

  /**
   * Works with the model on the devices that Spark gave to this task; loads it for the first task,
   * which takes its time.
   *
   * @param settings of the work, as YAML; the devices in them are put in the place of any
   */
  <R> R use(String settings, Function<M, R> work) {
    return HELD.computeIfAbsent(ExecutorModel.devices(), Held::new).use(this, settings, work);
  }

  private record Open<M>(HeldModels<M> kind, String settings, M model) {
    void close() {
      kind.close.accept(model);
    }
  }

  /** The model on some devices. */
  private static final class Held {
    private final List<String> devices;
    private @Nullable Open<?> open;

    private Held(List<String> devices) {
      this.devices = devices;
    }

    synchronized <M, R> R use(HeldModels<M> kind, String settings, Function<M, R> work) {
      return work.apply(model(kind, settings));
    }

    @SuppressWarnings("unchecked") // the kind says the type
    private <M> M model(HeldModels<M> kind, String settings) {
      Open<?> known = open;
      if (known != null && known.kind() == kind && known.settings().equals(settings)) {
        return (M) known.model();
      }
      open = null;
      if (known != null) {
        known.close();
      }
      M model = kind.open.apply(Config.parse(kind.what, settings).with("devices", devices));
      open = new Open<>(kind, settings, model);
      return model;
    }
  }
}
