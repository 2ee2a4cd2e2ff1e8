package dev.reticent.run;

import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.training.GradientSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The released gradients of an audited run, a file for each step in {@code local/gradients}, with
 * the trained values as they were before the step at each stop. All of it is released data; only
 * what canaries are held against it is not. A step that is taken again replaces its file, so the
 * log of a run that was cut off goes on with it.
 *
 * @param stops the steps, ascending from 0, at whose values canaries' gradients are taken; none
 *     where nothing is kept
 */
record GradientLog(Path folder, int steps, List<Integer> stops) {

  private static final String GRADIENT = "gradient";
  private static final String VALUES = "values";

  /** The log that a run's audit asks for; without privacy no gradient is released. */
  static GradientLog of(RunInputs in) {
    int steps = in.plan().steps();
    int count = in.plan().isPrivate() ? Math.min(in.audit().stops(), steps) : 0;
    return new GradientLog(
        new RunFolder(in.config().savingDir()).local().resolve("gradients"),
        steps,
        IntStream.range(0, count).mapToObj(k -> (int) ((long) k * steps / count)).toList());
  }

  /** What was released from a stop to the next one, and the values that it began with. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Span(float[] values, float[] sum) {}

  boolean isKept() {
    return !stops.isEmpty();
  }

  /** How much a log takes of a disk, in MB. */
  long megabytes(long dimension) {
    return 4 * dimension * (steps + stops.size()) / 1_000_000;
  }

  /**
   * A source whose gradients are kept before an optimizer has them.
   *
   * @param values in training
   */
  GradientSource keeping(GradientSource source, float[] values) {
    if (!isKept()) {
      return source;
    }
    return new GradientSource() {
      @Override
      public double clipThreshold() {
        return source.clipThreshold();
      }

      @Override
      public Step next(int step) {
        Step next = source.next(step);
        keep(step, values, next.gradient().values());
        return next;
      }
    };
  }

  private void keep(int step, float[] values, float[] gradient) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.addFloats(GRADIENT, List.of((long) gradient.length), gradient, 0);
    if (stops.contains(step)) {
      writer.addFloats(VALUES, List.of((long) values.length), values, 0);
    }
    try {
      Files.createDirectories(folder);
      writer.write(file(step));
    } catch (IOException e) {
      throw new UserInputException(
          file(step)
              + ": the released gradient could not be kept for the audit ("
              + e.getMessage()
              + "). Make room, and run the same command again: it goes on from the last"
              + " checkpoint.",
          e);
    }
  }

  private Path file(int step) {
    return folder.resolve("step-" + step + ".safetensors");
  }

  /** What was released between stops, as far as the run has come and its files are there. */
  List<Span> spans() {
    return IntStream.range(0, stops.size())
        .mapToObj(k -> span(stops.get(k), k + 1 < stops.size() ? stops.get(k + 1) : steps))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<Span> span(int from, int to) {
    if (!Files.exists(file(from))) {
      return Optional.empty();
    }
    try (Safetensors first = Safetensors.openState(file(from))) {
      float[] values = first.tensor(VALUES).floats();
      float[] sum = first.tensor(GRADIENT).floats();
      for (int step = from + 1; step < to && Files.exists(file(step)); step++) {
        add(step, sum);
      }
      return Optional.of(new Span(values, sum));
    }
  }

  private void add(int step, float[] sum) {
    try (Safetensors more = Safetensors.openState(file(step))) {
      float[] values = more.tensor(GRADIENT).floats();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[i];
      }
    }
  }
}
