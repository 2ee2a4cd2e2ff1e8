package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.training.Crew;
import dev.reticent.training.Trainable;

/** Makes the crew of a run: threads of this process, or other machines. */
public interface CrewFactory {

  /**
   * @param settings of the run, with every default filled in
   * @param trainable what is trained; its values change from step to step. It has no decoders:
   *     whoever directs a run needs no model
   * @param rowsAtOnce rows of a micro-batch
   */
  Crew open(Config settings, Trainable trainable, int rowsAtOnce);

  /**
   * The values to start from, where they are computed on the base, as DoRA's magnitudes are. This
   * process loads the model for that, and lets it go, unless others do it.
   *
   * @param settings of the run
   */
  default float[] initial(Config settings) {
    try (RemoteModel model = RemoteModel.open(settings, 1)) {
      return model.initial();
    }
  }
}
