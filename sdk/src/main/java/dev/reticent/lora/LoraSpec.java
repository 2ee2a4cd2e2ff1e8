package dev.reticent.lora;

import dev.reticent.api.Internal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which weights get a low-rank adapter, of what rank, and how strongly it counts.
 *
 * <p>An adapted weight computes y = W x + s · B (A x) with A [r, in], B [out, r] and s = α/r, or
 * α/√r when rank-stabilised (Hu et al. 2021; Kalajdzievski 2023).
 *
 * @param targets module names, such as {@code q_proj} or {@code lm_head}, or whole paths
 * @param layers the layers to adapt; empty for all. Does not apply to whole paths
 * @param rankPattern ranks for the modules whose path ends in a match of the key, a regular
 *     expression; the first match counts
 * @param alphaPattern the same for α
 * @param dora whether each row of W + s·B A is brought to a trained magnitude m: y = m / ‖W + s·B
 *     A‖ · (W + s·B A) x (Liu et al. 2024)
 * @param dropout the share of an adapter's inputs that is left out in training, and only there
 */
@Internal
public record LoraSpec(
    int rank,
    double alpha,
    List<String> targets,
    boolean rankStabilised,
    List<Integer> layers,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    double dropout,
    boolean dora) {

  public LoraSpec {
    targets = List.copyOf(targets);
    layers = List.copyOf(layers);
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    require(!targets.isEmpty(), "targets: at least one module is needed");
    List<Integer> ranks = new ArrayList<>(rankPattern.values());
    ranks.add(rank);
    ranks.forEach(r -> require(r >= 1, "rank: expected at least 1, found " + r));
    List<Double> alphas = new ArrayList<>(alphaPattern.values());
    alphas.add(alpha);
    alphas.forEach(
        a -> require(a > 0 && Double.isFinite(a), "alpha: expected above 0, found " + a));
    require(dropout >= 0 && dropout < 1, "dropout: expected from 0 to below 1, found " + dropout);
  }

  /** One rank and one α for every module of these names, in all layers. */
  public static LoraSpec of(int rank, double alpha, List<String> targets) {
    return new LoraSpec(rank, alpha, targets, false, List.of(), Map.of(), Map.of(), 0, false);
  }

  /** This specification with dropout in training. */
  public LoraSpec withDropout(double share) {
    return new LoraSpec(
        rank, alpha, targets, rankStabilised, layers, rankPattern, alphaPattern, share, dora);
  }

  /** This specification with a magnitude for each row of a matrix, or without. */
  public LoraSpec withDora(boolean on) {
    return new LoraSpec(
        rank, alpha, targets, rankStabilised, layers, rankPattern, alphaPattern, dropout, on);
  }

  /** The rank of the module at {@code path}. */
  int rankOf(String path) {
    return firstMatch(rankPattern, path, rank);
  }

  /** The factor s of the module at {@code path}. */
  double scaleOf(String path) {
    double a = firstMatch(alphaPattern, path, alpha);
    int r = rankOf(path);
    return rankStabilised ? a / Math.sqrt(r) : a / r;
  }

  boolean adapts(String path, int layer) {
    return targets.contains(path) || targets.stream().anyMatch(t -> adapts(t, path, layer));
  }

  /** The same for what is called by one name only. */
  boolean adaptsExactly(String path, String name, int layer) {
    return targets.contains(path)
        || (targets.contains(name) && (layers.isEmpty() || layers.contains(layer)));
  }

  private boolean adapts(String target, String path, int layer) {
    return path.endsWith("." + target) && (layers.isEmpty() || layers.contains(layer));
  }

  private static <T> T firstMatch(Map<String, T> patterns, String path, T otherwise) {
    for (Map.Entry<String, T> entry : patterns.entrySet()) {
      if (Pattern.matches("(.*\\.)?(" + entry.getKey() + ")", path)) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
