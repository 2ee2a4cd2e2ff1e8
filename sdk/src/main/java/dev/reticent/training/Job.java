package dev.reticent.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Some micro-batches and what is to be done with them, for another machine: bytes go there and
 * bytes come back, whatever serialiser the cluster between has.
 *
 * @param numbers which micro-batches of the step these are
 */
public record Job(Work<?> work, List<Integer> numbers, List<List<Row>> microBatches)
    implements Serializable {

  /** Divides work among at most so many machines, the longest micro-batches first. */
  public static List<Job> divide(Work<?> work, List<List<Row>> microBatches, int machines) {
    List<Integer> order = new ArrayList<>();
    long[] tokens = new long[microBatches.size()];
    for (int i = 0; i < tokens.length; i++) {
      order.add(i);
      tokens[i] = microBatches.get(i).stream().mapToLong(row -> row.example().ids().length).sum();
    }
    order.sort(Comparator.comparing((Integer i) -> -tokens[i]));
    List<Job> jobs = new ArrayList<>();
    List<Long> loads = new ArrayList<>();
    for (int number : order) {
      if (jobs.size() < machines) {
        jobs.add(new Job(work, new ArrayList<>(), new ArrayList<>()));
        loads.add(0L);
      }
      int least = lightest(loads);
      jobs.get(least).numbers.add(number);
      jobs.get(least).microBatches.add(withoutNames(microBatches.get(number)));
      loads.set(least, loads.get(least) + tokens[number]);
    }
    return jobs;
  }

  private static int lightest(List<Long> loads) {
    int least = loads.size() - 1;
    for (int i = 0; i < loads.size(); i++) {
      least = loads.get(i) < loads.get(least) ? i : least;
    }
    return least;
  }

  private static List<Row> withoutNames(List<Row> rows) {
    return new ArrayList<>(rows.stream().map(Row::withoutName).toList());
  }

  /** Does it, with a crew that is there. */
  public byte[] run(Crew crew) {
    return bytes(new ArrayList<>(parts(crew, work)));
  }

  private <R extends Serializable> List<Crew.Part<R>> parts(Crew crew, Work<R> own) {
    List<Crew.Part<R>> parts = new ArrayList<>();
    for (Crew.Part<R> part : crew.run(own, microBatches)) {
      List<Integer> global = new ArrayList<>();
      part.numbers().forEach(number -> global.add(numbers.get(number)));
      parts.add(new Crew.Part<>(part.result(), global, part.statistics()));
    }
    return parts;
  }

  /** For the way there. */
  public byte[] toBytes() {
    return bytes(this);
  }

  /** What {@link #toBytes} wrote. */
  public static Job ofBytes(byte[] bytes) {
    return (Job) object(bytes);
  }

  /**
   * What {@link #run} gave, of the work that was asked for.
   *
   * @param work which says the type of results
   */
  @SuppressWarnings("unchecked") // the work that was sent made them
  public static <R extends Serializable> List<Crew.Part<R>> results(Work<R> work, byte[] bytes) {
    return (List<Crew.Part<R>>) object(bytes);
  }

  private static byte[] bytes(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException("a job cannot be packed", e);
    }
    return bytes.toByteArray();
  }

  private static Object object(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "a job cannot be unpacked; have the same reticent jar on all machines", e);
    }
  }
}
