package dev.reticent.kernel;

import dev.reticent.config.Config;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.Progress;
import dev.reticent.run.TunedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The model that answered last, kept loaded for the next cell that samples. One with the same base
 * takes its place by loading an adapter, which is read in each cell and so is what lies on disk. A
 * base whose files have changed is loaded anew.
 */
final class HeldModel {

  private Optional<Held> held = Optional.empty();

  private record Held(TunedModel model, Map<Path, FileTime> base) {}

  /** Hands the model that a config of sampling names to its user, loaded or kept. */
  synchronized <T> T use(Config config, Progress progress, Function<TunedModel, T> user) {
    // A mistake in the cell leaves what is loaded as it is.
    SampleRecipe.of(config).requireModel();
    Optional<Held> before = held.filter(one -> one.base().equals(files(one.model())));
    if (before.isEmpty()) {
      release();
      progress.phase("loading the model");
    }
    held = Optional.empty();
    TunedModel model =
        before.map(one -> one.model().then(config)).orElseGet(() -> TunedModel.open(config));
    held = Optional.of(new Held(model, files(model)));
    return user.apply(model);
  }

  /** Gives the memory back. */
  synchronized void release() {
    held.ifPresent(one -> one.model().close());
    held = Optional.empty();
  }

  /** What is loaded, in words. */
  synchronized Optional<String> name() {
    return held.map(one -> one.model().settings())
        .map(settings -> settings.name().orElseGet(() -> settings.folder().toString()));
  }

  /** The files of the base and when they were written. */
  private static Map<Path, FileTime> files(TunedModel model) {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.list(model.settings().folder())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the model cannot be read", e);
    }
    return times;
  }
}
