package dev.reticent.privacy;

import dev.reticent.privacy.accounting.PrivacyEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run as a registry knows it, in one line of text.
 *
 * @param plan q, σ and T of the independent steps that the run is accounted as
 * @param steps all of those that it will have charged when it ends undisturbed, without those
 *     shared
 * @param shared steps that a fork has in common with the run it was copied from, counted there
 * @param data the key of its rows
 * @param tails where its ledger stood each time it was looked at, in order
 */
record RegistryEntry(
    SubsampledGaussian plan, int steps, int shared, String data, List<Tail> tails) {

  /**
   * A ledger's last line.
   *
   * @param charged steps up to it
   */
  record Tail(int charged, String hash) {}

  RegistryEntry {
    tails = List.copyOf(tails);
    if (plan.truncation().isPresent()) {
      throw new IllegalArgumentException(
          "a registry counts runs without a limit on batches; leave it out, or take sampler:"
              + " poisson");
    }
  }

  /** This run, once it will have charged so many steps in all, with its ledger's end. */
  RegistryEntry goingOn(int allSteps, Tail tail) {
    List<Tail> more = new ArrayList<>(tails);
    if (!tails.contains(tail)) {
      more.add(tail);
    }
    return new RegistryEntry(plan, allSteps - shared, shared, data, more);
  }

  /** A copy of this run that goes its own way: what both charged is counted here. */
  RegistryEntry fork(int allSteps, Tail tail, List<String> ledger) {
    int common =
        tails.stream()
            .filter(known -> ledger.contains(known.hash()))
            .mapToInt(Tail::charged)
            .max()
            .orElse(0);
    return new RegistryEntry(plan, allSteps - common, common, data, List.of(tail));
  }

  /** Whether a ledger is this run's: it has the last line that was seen. */
  boolean goesOnIn(List<String> ledger) {
    return ledger.contains(tails.get(tails.size() - 1).hash());
  }

  boolean sameRun(RegistryEntry other) {
    return plan.equals(other.plan) && data.equals(other.data);
  }

  PrivacyEvent event() {
    return PrivacyEvent.poisson(plan.samplingRate(), plan.noiseMultiplier(), steps);
  }

  String line() {
    StringBuilder out =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s %s %d %d %d %s",
                plan.samplingRate(),
                plan.noiseMultiplier(),
                plan.steps(),
                steps,
                shared,
                data));
    tails.forEach(tail -> out.append(' ').append(tail.charged()).append(':').append(tail.hash()));
    return out.toString();
  }

  /**
   * @throws IllegalArgumentException when the line is not an entry
   */
  static RegistryEntry parse(Path file, String line) {
    String[] parts = line.split(" ");
    Optional<IllegalArgumentException> cause = Optional.empty();
    if (parts.length > 6) {
      try {
        List<Tail> tails = new ArrayList<>();
        for (int i = 6; i < parts.length; i++) {
          int colon = parts[i].indexOf(':');
          tails.add(
              new Tail(
                  Integer.parseInt(parts[i].substring(0, Math.max(0, colon))),
                  parts[i].substring(colon + 1)));
        }
        return new RegistryEntry(
            new SubsampledGaussian(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Integer.parseInt(parts[2])),
            Integer.parseInt(parts[3]),
            Integer.parseInt(parts[4]),
            parts[5],
            tails);
      } catch (IllegalArgumentException e) {
        cause = Optional.of(e);
      }
    }
    throw new IllegalArgumentException(
        file
            + ": not an entry of this version (sampling rate, noise multiplier, planned, charged"
            + " and shared steps, data, ledger lines): '"
            + line
            + "'; the total over runs cannot be stated without it. Restore it, or take another"
            + " folder as the registry and add the ε of the runs in this one by hand",
        cause.orElse(null));
  }
}
