package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is written down while training.
 *
 * @param tensorboardDir empty for {@code tensorboard} in the run's folder
 */
public record LogSettings(Diagnostics diagnostics, Optional<Path> tensorboardDir) {

  @Internal
  public LogSettings {}

  /** Whether figures that ε does not cover are logged. */
  public enum Diagnostics {
    OFF,
    LOCAL
  }

  static LogSettings read(Section section) {
    return new LogSettings(
        section
            .choice("diagnostics", Diagnostics.class)
            .describedAs(
                """
                `local` also logs what ε does not cover (training loss, gradient norms, batch
                sizes), in `local` in the run's folder; keep it to yourself.\
                """)
            .orElse(Diagnostics.LOCAL),
        section
            .path("tensorboard_dir")
            .describedAs(
                "Where TensorBoard's files for others go; `tensorboard` in `saving_dir` without"
                    + " it.")
            .optional());
  }
}
