package dev.reticent.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The merges of a byte-pair encoding whose file has only the merged tokens, best first: two tokens
 * may be merged wherever together they are one. Of the pairs that make the same token, those whose
 * own tokens are better come first.
 */
final class MergeList {
  private final Map<String, Integer> ranks;

  private record Merge(int rank, int left, int right, String token, int cut) {}

  /**
   * @param ranks the tokens; of lower numbers are better
   */
  MergeList(Map<String, Integer> ranks) {
    this.ranks = ranks;
  }

  /** Pairs of tokens, in order. */
  ArrayNode json() {
    List<Merge> merges = new ArrayList<>();
    ranks.forEach((token, rank) -> addSplits(merges, token, rank));
    merges.sort(
        Comparator.comparingInt(Merge::rank)
            .thenComparingInt(Merge::left)
            .thenComparingInt(Merge::right));
    ArrayNode json = ModelFolder.JSON.createArrayNode();
    for (Merge merge : merges) {
      json.addArray()
          .add(merge.token().substring(0, merge.cut()))
          .add(merge.token().substring(merge.cut()));
    }
    return json;
  }

  private void addSplits(List<Merge> merges, String token, int rank) {
    int cut = token.isEmpty() ? 0 : token.offsetByCodePoints(0, 1);
    while (cut < token.length()) {
      Integer left = ranks.get(token.substring(0, cut));
      Integer right = ranks.get(token.substring(cut));
      if (left != null && right != null) {
        merges.add(new Merge(rank, left, right, token, cut));
      }
      cut = token.offsetByCodePoints(cut, 1);
    }
  }
}
