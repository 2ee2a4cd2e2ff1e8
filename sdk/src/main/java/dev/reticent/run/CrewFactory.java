package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.training.Crew;
import dev.reticent.training.Trainable;

/** Makes the crew of a run: threads of this process, or other machines. */
public interface CrewFactory {

  /**
   * @param settings of the run, with every default filled in
   * @param trainable what is trained; its values change from step to step. It has no decoders, so
   *     that whoever directs a run needs no weights, but where DoRA, all weights or canaries do
   * @param rowsAtOnce rows of a micro-batch
   */
  Crew open(Config settings, Trainable trainable, int rowsAtOnce);
}
