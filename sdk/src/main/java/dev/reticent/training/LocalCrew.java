package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.model.Decoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Threads of this process, each with a decoder of its own. */
@Internal
public final class LocalCrew implements Crew {

  private final Trainable trainable;
  private final PhysicalBatch physical;
  private final Workers workers;
  private final Map<Decoder, Map<BatchShape, RowTrial.Result>> tried = new ConcurrentHashMap<>();

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
    return physical.configured();
  }

  @Override
  public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches) {
    Work.Part<R> part = work.begin();
    List<Supplier<BatchStatistics>> tasks = new ArrayList<>();
    for (List<Row> rows : microBatches) {
      tasks.add(
          work.keepsRowsApart()
              ? () -> apart(part, rows)
              : () ->
                  physical.run(
                      rows, (some, shape) -> add(part, some, shape), BatchStatistics::plus));
    }
    List<BatchStatistics> statistics = workers.run(tasks);
    List<Integer> numbers = IntStream.range(0, microBatches.size()).boxed().toList();
    return List.of(
        new Part<>(part.finish(), new ArrayList<>(numbers), new ArrayList<>(statistics)));
  }

  private BatchStatistics apart(Work.Part<?> part, List<Row> rows) {
    BatchShape shape = BatchShape.of(rows.get(0).example(), rowsAtOnce());
    if (rows.stream().anyMatch(row -> !BatchShape.of(row.example(), rowsAtOnce()).equals(shape))) {
      throw new IllegalArgumentException(
          "rows of several lengths are in one micro-batch, where one would change what others add");
    }
    return physical.runApart(
        rows,
        shape,
        (some, filled) -> {
          RowTrial.Result trial = trial(filled);
          if (trial == RowTrial.Result.ONE) {
            return some.stream()
                .map(row -> add(part, List.of(row), filled.withRows(1)))
                .reduce(BatchStatistics.EMPTY, BatchStatistics::plus);
          }
          return add(part, some, filled.withRows(trial.places(some.size(), filled.rows())));
        },
        BatchStatistics::plus);
  }

  /** What a row's neighbors do to it in such a micro-batch. */
  private RowTrial.Result trial(BatchShape shape) {
    Decoder decoder = trainable.decoder(Workers.current());
    Map<BatchShape, RowTrial.Result> known =
        tried.computeIfAbsent(decoder, own -> new ConcurrentHashMap<>());
    return known.computeIfAbsent(shape, own -> RowTrial.of(trainable, decoder, own));
  }

  private BatchStatistics add(Work.Part<?> part, List<Row> rows, BatchShape shape) {
    return part.add(trainable, trainable.decoder(Workers.current()), rows, shape);
  }

  @Override
  public void close() {
    workers.close();
  }
}
