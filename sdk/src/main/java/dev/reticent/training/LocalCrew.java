package dev.reticent.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Threads of this process, each with a decoder of its own. */
public final class LocalCrew implements Crew {

  private final Trainable trainable;
  private final PhysicalBatch physical;
  private final Workers workers;

  /**
   * @param trainable what is trained, with a decoder for each worker
   * @param physical rows computed at once
   * @param workers its threads; closed with it
   */
  public LocalCrew(Trainable trainable, PhysicalBatch physical, Workers workers) {
    this.trainable = trainable;
    this.physical = physical;
    this.workers = workers;
  }

  @Override
  public int rowsAtOnce() {
    return physical.size();
  }

  @Override
  public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches) {
    Work.Part<R> part = work.begin();
    List<Supplier<BatchStatistics>> tasks = new ArrayList<>();
    for (List<Row> rows : microBatches) {
      tasks.add(() -> physical.run(rows, some -> add(part, some), BatchStatistics::plus));
    }
    List<BatchStatistics> statistics = workers.run(tasks);
    List<Integer> numbers = IntStream.range(0, microBatches.size()).boxed().toList();
    return List.of(
        new Part<>(part.finish(), new ArrayList<>(numbers), new ArrayList<>(statistics)));
  }

  private BatchStatistics add(Work.Part<?> part, List<Row> rows) {
    return part.add(trainable, trainable.decoder(Workers.current()), rows);
  }

  @Override
  public void close() {
    workers.close();
  }
}
