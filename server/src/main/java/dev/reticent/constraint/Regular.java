package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A regular language over bytes, as an expression. */
sealed interface Regular {
  /** One byte from {@code low} to {@code high}. */
  record Bytes(int low, int high) implements Regular {}

  record Sequence(List<Regular> parts) implements Regular {}

  record Choice(List<Regular> options) implements Regular {}

  record Star(Regular body) implements Regular {}

  /** The empty text. */
  static Regular empty() {
    return new Sequence(List.of());
  }

  static Regular sequence(Regular... parts) {
    return new Sequence(List.of(parts));
  }

  static Regular choice(Regular... options) {
    return new Choice(List.of(options));
  }

  static Regular ascii(String text) {
    return new Sequence(text.chars().mapToObj(c -> (Regular) new Bytes(c, c)).toList());
  }

  static Regular bytes(byte[] text) {
    List<Regular> parts = new ArrayList<>();
    for (byte b : text) {
      parts.add(new Bytes(b & 0xFF, b & 0xFF));
    }
    return new Sequence(parts);
  }

  /** From {@code least} to {@code most} of {@code body}. */
  static Regular repeat(Regular body, int least, int most) {
    List<Regular> parts = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      parts.add(i < least ? body : choice(body, empty()));
    }
    return new Sequence(parts);
  }

  static Regular atLeast(Regular body, int least) {
    return sequence(repeat(body, least, least), new Star(body));
  }

  /** The automaton, for expressions that are the same for every schema. */
  default Dfa dfa() {
    return dfa(1000, WorkLimit.unlimited()).orElseThrow();
  }

  /** The automaton, or nothing where it would have more than {@code mostStates} states. */
  default Optional<Dfa> dfa(int mostStates, WorkLimit work) {
    Nfa nfa = new Nfa(work);
    int end = nfa.node();
    BitSet first = nfa.closed(nfa.compile(this, end));
    return Dfa.explore(first, nfa::next, set -> set.get(end), mostStates, nfa::cuts, work);
  }

  /** Thompson's construction: each node has either byte edges or empty ones. */
  final class Nfa {
    /** More nodes than a pattern of a sane size needs. */
    private static final int MOST_NODES = 20_000;

    private final List<int[]> edges = new ArrayList<>(); // low, high, target
    private final List<int[]> empties = new ArrayList<>();
    private final Map<BitSet, BitSet> closures = new HashMap<>(); // of what bytes lead to
    private final WorkLimit work;

    private Nfa(WorkLimit work) {
      this.work = work;
    }

    private int node() {
      if (edges.size() >= MOST_NODES) {
        throw new IllegalArgumentException(
            "it has too many parts, repeated ones counted each time,");
      }
      edges.add(new int[0]);
      empties.add(new int[0]);
      return edges.size() - 1;
    }

    /** The node from which {@code expression} leads to {@code end}. */
    private int compile(Regular expression, int end) {
      work.spend(1);
      if (expression instanceof Bytes bytes) {
        int node = node();
        edges.set(node, new int[] {bytes.low(), bytes.high(), end});
        return node;
      }
      if (expression instanceof Sequence sequence) {
        int next = end;
        for (int i = sequence.parts().size() - 1; i >= 0; i--) {
          next = compile(sequence.parts().get(i), next);
        }
        return next;
      }
      int node = node();
      if (expression instanceof Choice choice) {
        empties.set(node, choice.options().stream().mapToInt(o -> compile(o, end)).toArray());
      } else if (expression instanceof Star star) {
        empties.set(node, new int[] {compile(star.body(), node), end});
      }
      return node;
    }

    /** The bytes that some node of a set treats unlike the one before them. */
    private BitSet cuts(BitSet set) {
      BitSet cuts = new BitSet(257);
      for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
        int[] edge = edges.get(node);
        if (edge.length > 0) {
          cuts.set(edge[0]);
          cuts.set(edge[1] + 1);
        }
      }
      return cuts;
    }

    /** A set of nodes with room for all, so that it need not grow with each that is added. */
    private BitSet none() {
      return new BitSet(edges.size());
    }

    private BitSet closed(int node) {
      BitSet nodes = none();
      nodes.set(node);
      return closed(nodes);
    }

    /**
     * The nodes to which empty edges lead from some: those with byte edges and the end, as others
     * do not matter.
     */
    private BitSet closed(BitSet nodes) {
      BitSet closed = none();
      BitSet seen = none();
      int[] open = nodes.stream().toArray();
      int n = open.length;
      int steps = 0;
      while (n > 0) {
        int node = open[--n];
        steps++;
        if (seen.get(node)) {
          continue;
        }
        seen.set(node);
        int[] targets = empties.get(node);
        if (targets.length == 0) {
          closed.set(node);
        }
        int most = n + targets.length;
        open = most > open.length ? Arrays.copyOf(open, 2 * most) : open;
        for (int target : targets) {
          open[n++] = target;
        }
      }
      work.spend(steps);
      return closed;
    }

    private Optional<BitSet> next(BitSet from, int b) {
      BitSet targets = none();
      int steps = 0;
      for (int node = from.nextSetBit(0); node >= 0; node = from.nextSetBit(node + 1)) {
        steps++;
        int[] edge = edges.get(node);
        if (edge.length > 0 && edge[0] <= b && b <= edge[1]) {
          targets.set(edge[2]);
        }
      }
      work.spend(steps);
      return targets.isEmpty()
          ? Optional.empty()
          : Optional.of(closures.computeIfAbsent(targets, this::closed));
    }
  }
}
