package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.model.Decoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Threads of this process, each with a decoder of its own. */
@Internal
public final class LocalCrew implements Crew {

  private final Trainable trainable;
  private final PhysicalBatch physical;
  private final Workers workers;
  private final Progress progress;
  private final Map<Decoder, Map<BatchShape, RowTrial.Result>> tried = new ConcurrentHashMap<>();

  /**
   * @param trainable what is trained, with a decoder for each worker
   * @param physical rows computed at once
   * @param workers its threads; closed with it
   */
  public LocalCrew(Trainable trainable, PhysicalBatch physical, Workers workers) {
    this(trainable, physical, workers, (done, total) -> {});
  }

  /** A crew that tells how far each work has come. */
  public LocalCrew(
      Trainable trainable, PhysicalBatch physical, Workers workers, Progress progress) {
    this.trainable = trainable;
    this.physical = physical;
    this.workers = workers;
    this.progress = progress;
  }

  /** Told how many micro-batches of a work are done, by one thread at a time. */
  @FunctionalInterface
  public interface Progress {
    void progressed(int done, int total);
  }

  @Override
  public int rowsAtOnce() {
    return physical.configured();
  }

  @Override
  public boolean leavesCoresIdle() {
    return trainable.decoders().stream().noneMatch(decoder -> decoder.device().onHost());
  }

  @Override
  public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> microBatches) {
    Map<Decoder, Share<R>> shares = new ConcurrentHashMap<>();
    Count count = new Count(microBatches.size());
    try {
      List<Supplier<Work.Report>> tasks = new ArrayList<>();
      for (int number = 0; number < microBatches.size(); number++) {
        int own = number;
        tasks.add(() -> count.after(share(shares, work).compute(own, microBatches.get(own))));
      }
      workers.run(tasks);
      return shares.values().stream().map(Share::finish).toList();
    } finally {
      shares.values().forEach(share -> share.part.close());
    }
  }

  /** How many micro-batches of a work are done. */
  private final class Count {
    private final int total;
    private int done;

    Count(int total) {
      this.total = total;
    }

    synchronized Work.Report after(Work.Report report) {
      progress.progressed(++done, total);
      return report;
    }
  }

  /** The share of the decoder on which the calling worker computes. */
  private <R extends Serializable> Share<R> share(Map<Decoder, Share<R>> shares, Work<R> work) {
    Decoder decoder = trainable.decoder(Workers.current());
    return shares.computeIfAbsent(decoder, own -> new Share<>(work, own));
  }

  /** The micro-batches that fall to one decoder. */
  private final class Share<R extends Serializable> {
    private final boolean apart;
    private final Decoder decoder;
    private final Work.Part<R> part;
    private final Map<Integer, Work.Report> reports = new ConcurrentHashMap<>();

    Share(Work<R> work, Decoder decoder) {
      this.apart = work.keepsRowsApart();
      this.decoder = decoder;
      this.part = work.begin(decoder.device());
    }

    Work.Report compute(int number, List<Row> rows) {
      Work.Report report = apart ? apart(rows) : physical.run(rows, this::add, Work.Report::plus);
      reports.put(number, report);
      return report;
    }

    Part<R> finish() {
      R result = part.finish();
      List<Integer> numbers = new ArrayList<>();
      List<BatchStatistics> statistics = new ArrayList<>();
      new TreeMap<>(reports)
          .forEach(
              (number, report) -> {
                numbers.add(number);
                statistics.add(report.statistics());
              });
      return new Part<>(result, numbers, statistics);
    }

    private Work.Report apart(List<Row> rows) {
      BatchShape shape = BatchShape.of(rows.get(0).example(), rowsAtOnce());
      if (rows.stream()
          .anyMatch(row -> !BatchShape.of(row.example(), rowsAtOnce()).equals(shape))) {
        throw new IllegalArgumentException(
            "rows of several lengths are in one micro-batch, where one would change what others"
                + " add");
      }
      return physical.runApart(
          rows,
          shape,
          (some, filled) -> {
            RowTrial.Result trial = trial(decoder, filled);
            if (trial == RowTrial.Result.ONE) {
              return some.stream()
                  .map(row -> add(List.of(row), filled.withRows(1)))
                  .reduce(Work.Report::plus)
                  .orElseThrow();
            }
            return add(some, filled.withRows(trial.places(some.size(), filled.rows())));
          },
          Work.Report::plus);
    }

    private Work.Report add(List<Row> rows, BatchShape shape) {
      return part.add(trainable, decoder, rows, shape);
    }
  }

  /** What a row's neighbors do to it in such a micro-batch. */
  private RowTrial.Result trial(Decoder decoder, BatchShape shape) {
    Map<BatchShape, RowTrial.Result> known =
        tried.computeIfAbsent(decoder, own -> new ConcurrentHashMap<>());
    return known.computeIfAbsent(shape, own -> RowTrial.of(trainable, decoder, own));
  }

  @Override
  public void close() {
    workers.close();
  }
}
