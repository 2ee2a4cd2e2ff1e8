package dev.reticent.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A deterministic automaton over bytes without dead ends: every state that can be reached leads to
 * an accepting one, and knows the fewest bytes there.
 */
final class Dfa {
  static final int NONE = -1;

  private static final int BYTES = 256;

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
   * @param cuts the bytes that a state may treat unlike the one before them
   * @return nothing if there are more than {@code mostStates}
   */
  static <S> Optional<Dfa> explore(
      S start,
      Step<S> step,
      Predicate<S> accepts,
      int mostStates,
      Function<S, BitSet> cuts,
      WorkLimit work) {
    Map<S, Integer> numbers = new HashMap<>();
    List<S> states = new ArrayList<>(List.of(start));
    List<int[]> edges = new ArrayList<>();
    numbers.put(start, 0);
    for (int i = 0; i < states.size(); i++) {
      if (states.size() > mostStates) {
        return Optional.empty();
      }
      S state = states.get(i);
      BitSet first = cuts.apply(state);
      work.spend(first.cardinality() + 1);
      Runs runs = new Runs();
      for (int low = 0, next; low < BYTES; low = next) {
        int cut = first.nextSetBit(low + 1);
        next = cut < 0 ? BYTES : Math.min(cut, BYTES);
        Optional<S> to = step.next(state, low);
        if (to.isPresent()) {
          runs.add(
              low, next - 1, numbers.computeIfAbsent(to.get(), added -> number(added, states)));
        }
      }
      edges.add(runs.ended());
    }
    boolean[] accepting = new boolean[states.size()];
    for (int i = 0; i < accepting.length; i++) {
      accepting[i] = accepts.test(states.get(i));
    }
    return Optional.of(new Dfa(edges.toArray(new int[0][]), accepting));
  }

  private static <S> int number(S added, List<S> states) {
    states.add(added);
    return states.size() - 1;
  }

  /** Adds the bytes that a state treats unlike the one before them. */
  void cuts(int state, BitSet out) {
    int[] runs = edges[state];
    for (int e = 0; e < runs.length; e += 3) {
      out.set(runs[e]);
      out.set(runs[e + 1] + 1);
    }
  }

  /** The edges of a state, as they are found from low bytes to high ones. */
  private static final class Runs {
    private int[] runs = new int[12];
    private int n;

    void add(int low, int high, int target) {
      if (n > 0 && runs[n - 1] == target && runs[n - 2] == low - 1) {
        runs[n - 2] = high;
        return;
      }
      runs = n == runs.length ? Arrays.copyOf(runs, 2 * n) : runs;
      runs[n++] = low;
      runs[n++] = high;
      runs[n++] = target;
    }

    int[] ended() {
      return Arrays.copyOf(runs, n);
    }
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
