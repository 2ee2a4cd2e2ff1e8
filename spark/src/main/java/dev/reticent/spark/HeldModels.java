package dev.reticent.spark;

import dev.reticent.config.Config;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an executor computes with on each of its devices: the model of the work that came last.
 * Tasks for the same devices take turns.
 *
 * @param <M> a model that stays open between tasks
 */
final class HeldModels<M> {

  private final Map<List<String>, Held> held = new ConcurrentHashMap<>();
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
    return held.computeIfAbsent(ExecutorModel.devices(), Held::new).use(settings, work);
  }

  /** The model on some devices. */
  private final class Held {
    private final List<String> devices;
    private String settings = "";
    private @Nullable M model;

    private Held(List<String> devices) {
      this.devices = devices;
    }

    synchronized <R> R use(String wanted, Function<M, R> work) {
      M known = model;
      if (known != null && !settings.equals(wanted)) {
        model = null;
        close.accept(known);
        known = null;
      }
      if (known == null) {
        known = open.apply(Config.parse(what, wanted).with("devices", devices));
        model = known;
        settings = wanted;
      }
      return work.apply(known);
    }
  }
}
