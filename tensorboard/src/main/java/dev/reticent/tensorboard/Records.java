package dev.reticent.tensorboard;

import java.util.HashSet;
import java.util.Set;

/** Encodes events as the records of a file, in which a tag's first event carries its metadata. */
final class Records {

  private final Set<Tag> begun = new HashSet<>();
  private final Wire records = new Wire(1 << 16);

  /** Begins a new file: its version, and the step from which it counts. */
  byte[] opening(double wallTime, long startStep) {
    begun.clear();
    Wire version =
        new Wire()
            .float64(1, wallTime)
            .text(3, "brain.Event:2")
            .message(10, new Wire().text(1, "tensorboard-java"));
    Wire start =
        new Wire().float64(1, wallTime).number(2, startStep).message(7, new Wire().number(1, 1));
    return new Wire().record(version).record(start).toBytes();
  }

  byte[] of(Iterable<Event> events) {
    records.clear();
    Wire value = new Wire();
    Wire summary = new Wire();
    Wire event = new Wire();
    for (Event entry : events) {
      value.clear().fields(entry.tag().name());
      if (begun.add(entry.tag())) {
        value.message(9, entry.tag().metadata());
      }
      if (entry.tensor().isPresent()) {
        value.message(8, entry.tensor().get());
      } else {
        value.float32(2, entry.scalar());
      }
      summary.clear().message(1, value);
      event.clear().float64(1, entry.wallTime()).number(2, entry.step()).message(5, summary);
      records.record(event);
    }
    return records.toBytes();
  }
}
