package dev.reticent.audit;

import dev.reticent.run.RunInputs;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Crew;
import dev.reticent.training.LocalCrew;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.PrivateGradients;
import dev.reticent.training.TrainableAdapter;
import dev.reticent.training.Workers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The steps that a run takes. Those of one adapter share a crew, as a run's do: it tries once, and
 * not in each step, what rows of one micro-batch do to each other.
 */
final class RealSteps implements NeighborSteps.Steps, AutoCloseable {

  private final FinetuneConfig config;
  private @Nullable TrainableAdapter adapter;
  private @Nullable Crew crew;

  RealSteps(FinetuneConfig config) {
    this.config = config;
  }

  @Override
  public NeighborSteps.Outcome take(NeighborSteps.Setting setting) throws IOException {
    try (TestStep test =
        TestStep.open(config, setting.plan(), setting.units().size(), setting.step())) {
      PrivateGradients gradients =
          new PrivateGradients(
                  test.step(), setting.at().values().length, setting.units(), crew(setting.at()))
              .with(RunInputs.dropout(config));
      double threshold = gradients.clipThreshold();
      return new NeighborSteps.Outcome(gradients.next(setting.step()), threshold, test.charged());
    }
  }

  private Crew crew(TrainableAdapter at) {
    if (crew == null || adapter != at) {
      close();
      adapter = at;
      crew =
          new LocalCrew(
              at,
              new PhysicalBatch(config.batch().physical(), notice -> {}),
              Workers.sharingCores(config.model().devices().size()));
    }
    return crew;
  }

  @Override
  public void close() {
    if (crew != null) {
      crew.close();
      crew = null;
    }
  }
}
