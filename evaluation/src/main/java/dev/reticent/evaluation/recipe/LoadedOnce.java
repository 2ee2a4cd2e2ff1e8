package dev.reticent.evaluation.recipe;

import dev.reticent.config.Config;
import dev.reticent.run.TunedModel;
import java.util.Optional;

/** One model in memory at a time; the next one takes over the base that both have. */
final class LoadedOnce implements AutoCloseable {
  private Optional<TunedModel> open = Optional.empty();

  TunedModel open(Config sampling) {
    Optional<TunedModel> former = open;
    open = Optional.empty(); // the former one is closed, whether or not another comes
    TunedModel model =
        former.map(one -> one.then(sampling)).orElseGet(() -> TunedModel.open(sampling));
    open = Optional.of(model);
    return model;
  }

  @Override
  public void close() {
    open.ifPresent(TunedModel::close);
  }
}
