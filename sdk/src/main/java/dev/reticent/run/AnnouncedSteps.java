package dev.reticent.run;

import dev.reticent.training.Crew;
import dev.reticent.training.GradientSource;

/** Gradients whose crew is told for which step it works. */
record AnnouncedSteps(GradientSource source, Crew crew, int steps) implements GradientSource {

  @Override
  public double clipThreshold() {
    return source.clipThreshold();
  }

  @Override
  public Step next(int step) {
    crew.announce("step %d of %d".formatted(step + 1, steps));
    return source.next(step);
  }
}
