package dev.reticent.data;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of a dataset, with what can be done to whole datasets before tokenising.
 *
 * <p>Every choice is made by a keyed hash, never by the order of rows: it is the same for the same
 * seed on any machine, and a row added elsewhere changes nothing for the others.
 */
@Internal
public record Dataset(List<Sample> samples) {
  public Dataset {
    samples = List.copyOf(samples);
  }

  /** Two parts; no unit is in both. */
  public record Split(Dataset training, Dataset heldOut) {}

  /**
   * Rows that repeat another row's content exactly.
   *
   * @param rows how many rows are repeats, not counting the first of each
   * @param rowsAcrossUnits how many of these repeat a row of another unit: the content is then
   *     protected less than one unit's guarantee says
   * @param lines the lines of the first of them
   */
  public record Duplicates(int rows, int rowsAcrossUnits, List<Integer> lines) {}

  private static final int LISTED = 20;

  public int size() {
    return samples.size();
  }

  /** How many units the rows belong to. */
  public int units() {
    return (int) samples.stream().map(Sample::unit).distinct().count();
  }

  /**
   * The rows in an order of their own, by a keyed hash of unit and content: that in which a file or
   * a table has them says nothing, and the same rows train the same model wherever they come from.
   */
  public Dataset ordered(long seed) {
    Keyed keyed = new Keyed("order", seed);
    return new Dataset(
        samples.stream()
            .map(sample -> Placed.of(sample, keyed))
            .sorted(Comparator.comparingDouble(Placed::rank).thenComparing(Placed::digest))
            .map(Placed::sample)
            .toList());
  }

  private record Placed(Sample sample, double rank, String digest) {
    static Placed of(Sample sample, Keyed keyed) {
      String digest = Keyed.digest(List.of(sample.unit(), Keyed.digest(sample.content())));
      return new Placed(sample, keyed.fraction(digest), digest);
    }
  }

  /**
   * Splits by unit: a unit is held out if the keyed hash of its name, in [0, 1), is below {@code
   * fraction}.
   */
  public Split split(double fraction, long seed) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new UserInputException(
          "The held-out fraction must be at least 0 and less than 1, got " + fraction + ".");
    }
    Keyed keyed = new Keyed("split", seed);
    List<Sample> training = new ArrayList<>();
    List<Sample> heldOut = new ArrayList<>();
    for (Sample sample : samples) {
      (keyed.fraction(sample.unit()) < fraction ? heldOut : training).add(sample);
    }
    return new Split(new Dataset(training), new Dataset(heldOut));
  }

  /** Keeps at most {@code rowsPerUnit} rows of each unit, chosen by a keyed hash of the content. */
  public Dataset capped(int rowsPerUnit, long seed) {
    if (rowsPerUnit < 1) {
      throw new UserInputException(
          "The cap on rows per unit must be at least 1, got " + rowsPerUnit + ".");
    }
    Keyed keyed = new Keyed("cap", seed);
    Map<String, List<Ranked>> byUnit = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      double rank = keyed.fraction(Keyed.digest(sample.content()));
      byUnit.computeIfAbsent(sample.unit(), u -> new ArrayList<>()).add(new Ranked(i, rank));
    }
    Set<Integer> kept = new HashSet<>();
    for (List<Ranked> rows : byUnit.values()) {
      rows.sort(Comparator.comparingDouble(Ranked::rank));
      rows.stream().limit(rowsPerUnit).map(Ranked::index).forEach(kept::add);
    }
    List<Sample> result = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      if (kept.contains(i)) {
        result.add(samples.get(i));
      }
    }
    return new Dataset(result);
  }

  private record Ranked(int index, double rank) {}

  /** The rows whose content is exactly that of an earlier one. */
  public Duplicates duplicates() {
    Map<String, String> unitOfFirst = new HashMap<>();
    int across = 0;
    int rows = 0;
    List<Integer> lines = new ArrayList<>();
    for (Sample sample : samples) {
      String first = unitOfFirst.putIfAbsent(Keyed.digest(sample.content()), sample.unit());
      if (first != null) {
        rows++;
        across += first.equals(sample.unit()) ? 0 : 1;
        if (lines.size() < LISTED) {
          lines.add(sample.line());
        }
      }
    }
    return new Duplicates(rows, across, List.copyOf(lines));
  }
}
