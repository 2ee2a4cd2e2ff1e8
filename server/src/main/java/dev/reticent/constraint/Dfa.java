package dev.reticent.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A deterministic automaton over bytes without dead ends: every state that can be reached leads to
 * an accepting one, and knows the fewest bytes there.
 */
final class Dfa {
  static final int NONE = -1;

  /** One step of an automaton that is being explored; empty where there is none. */
  interface Step<S> {
    Optional<S> next(S state, int b);
  }

  private final int[][] edges; // a state's runs of low, high, target
  private final boolean[] accepting;
  private final int[] distance;
  private final int[] cheapest;

  private Dfa(int[][] edges, boolean[] accepting) {
    this.edges = edges;
    this.accepting = accepting;
    this.distance = new int[edges.length];
    this.cheapest = new int[edges.length];
    measure();
  }

  /**
   * The states reachable from {@code start}, which becomes state 0.
   *
   * @param cuts the bytes that may be treated unlike the one before them
   * @return nothing if there are more than {@code mostStates}
   */
  static <S> Optional<Dfa> explore(
      S start, Step<S> step, Predicate<S> accepts, int mostStates, BitSet cuts, WorkLimit work) {
    Map<S, Integer> numbers = new HashMap<>();
    List<S> states = new ArrayList<>(List.of(start));
    List<int[]> edges = new ArrayList<>();
    numbers.put(start, 0);
    for (int i = 0; i < states.size(); i++) {
      if (states.size() > mostStates) {
        return Optional.empty();
      }
      work.spend(cuts.cardinality() + 1);
      int[] targets = new int[256];
      for (int b = 0; b < 256; b++) {
        if (b > 0 && !cuts.get(b)) {
          targets[b] = targets[b - 1];
          continue;
        }
        targets[b] =
            step.next(states.get(i), b)
                .map(
                    to ->
                        numbers.computeIfAbsent(
                            to,
                            added -> {
                              states.add(added);
                              return states.size() - 1;
                            }))
                .orElse(NONE);
      }
      edges.add(runs(targets));
    }
    boolean[] accepting = new boolean[states.size()];
    for (int i = 0; i < accepting.length; i++) {
      accepting[i] = accepts.test(states.get(i));
    }
    return Optional.of(new Dfa(edges.toArray(new int[0][]), accepting));
  }

  /** The bytes that some state treats unlike the one before them. */
  BitSet cuts() {
    BitSet cuts = new BitSet();
    for (int[] runs : edges) {
      for (int e = 0; e < runs.length; e += 3) {
        cuts.set(runs[e]);
        cuts.set(runs[e + 1] + 1);
      }
    }
    return cuts;
  }

  private static int[] runs(int[] targets) {
    int[] runs = new int[3 * targets.length];
    int n = 0;
    for (int b = 0; b < targets.length; b++) {
      if (targets[b] == NONE) {
        continue;
      }
      if (n > 0 && runs[n - 1] == targets[b] && runs[n - 2] == b - 1) {
        runs[n - 2] = b;
      } else {
        runs[n++] = b;
        runs[n++] = b;
        runs[n++] = targets[b];
      }
    }
    return Arrays.copyOf(runs, n);
  }

  /** Distances to acceptance, breadth first along the edges backwards. */
  private void measure() {
    List<List<Integer>> sources = new ArrayList<>();
    for (int i = 0; i < edges.length; i++) {
      sources.add(new ArrayList<>());
    }
    for (int i = 0; i < edges.length; i++) {
      for (int e = 2; e < edges[i].length; e += 3) {
        sources.get(edges[i][e]).add(i);
      }
    }
    Arrays.fill(distance, ByteCost.NEVER);
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (int i = 0; i < edges.length; i++) {
      if (accepting[i]) {
        distance[i] = 0;
        queue.add(i);
      }
    }
    while (!queue.isEmpty()) {
      int to = queue.remove();
      for (int from : sources.get(to)) {
        if (distance[from] == ByteCost.NEVER) {
          distance[from] = distance[to] + 1;
          queue.add(from);
        }
      }
    }
    for (int i = 0; i < edges.length; i++) {
      for (int e = 2; e < edges[i].length; e += 3) {
        if (distance[edges[i][e]] + 1 == distance[i]) {
          cheapest[i] = edges[i][e - 2];
          break;
        }
      }
    }
  }

  /** The state after a byte, or {@link #NONE}. */
  int next(int state, int b) {
    int[] runs = edges[state];
    for (int e = 0; e < runs.length; e += 3) {
      if (b >= runs[e] && b <= runs[e + 1]) {
        return distance[runs[e + 2]] == ByteCost.NEVER ? NONE : runs[e + 2];
      }
    }
    return NONE;
  }

  boolean accepting(int state) {
    return accepting[state];
  }

  /** Whether a byte may follow. */
  boolean open(int state) {
    int[] runs = edges[state];
    for (int e = 2; e < runs.length; e += 3) {
      if (distance[runs[e]] != ByteCost.NEVER) {
        return true;
      }
    }
    return false;
  }

  /** The fewest bytes from a state to an accepting one. */
  int distance(int state) {
    return distance[state];
  }

  /** The first byte on a shortest way to acceptance, from a state that does not accept. */
  int cheapest(int state) {
    return cheapest[state];
  }

  boolean matches(byte[] text) {
    int state = distance[0] == ByteCost.NEVER ? NONE : 0;
    for (int i = 0; i < text.length && state != NONE; i++) {
      state = next(state, text[i] & 0xFF);
    }
    return state != NONE && accepting[state];
  }
}
