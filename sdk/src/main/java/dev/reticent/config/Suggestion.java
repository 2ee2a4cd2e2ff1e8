package dev.reticent.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known word that someone may have meant. */
final class Suggestion {
  private Suggestion() {}

  /** "; did you mean 'x'?" or nothing. */
  static String of(String word, Collection<String> known) {
    return nearest(word, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  static Optional<String> nearest(String word, Collection<String> known) {
    String folded = folded(word);
    int limit = Math.max(1, folded.length() / 3);
    return known.stream()
        .filter(k -> distance(folded, k) <= limit)
        .min(Comparator.comparing(k -> distance(folded, k)));
  }

  private static int distance(String folded, String known) {
    String other = folded(known);
    String last = other.substring(other.lastIndexOf('.') + 1);
    String end = folded.length() < 4 ? last : last.substring(last.lastIndexOf('_') + 1);
    return Math.min(edits(folded, other), Math.min(edits(folded, last), edits(folded, end)));
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** Insertions, deletions, replacements and swaps of neighbors that make b of a. */
  private static int edits(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
