package dev.reticent.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowCountsTest {

  @Test
  void aStepIsPaddedToTheLeastCountThatGivesTheSameBits() {
    RowCounts all = RowCounts.find(count -> true);
    assertEquals(List.of(1, 2, 4, 4, 8, 8, 8, 8, 9, 10, 12), padded(all, 12));
    RowCounts some = RowCounts.find(Set.of(2, 4)::contains);
    assertEquals(List.of(2, 2, 4, 4, 8, 8, 8, 8, 10, 10, 12), padded(some, 12));
  }

  @Test
  void withoutSuchACountAStepIsPaddedToWholeProducts() {
    RowCounts none = RowCounts.find(count -> false);
    assertEquals(List.of(8, 8, 8, 8, 8, 8, 8, 8, 16), padded(none, 10));
  }

  private static List<Integer> padded(RowCounts counts, int below) {
    return IntStream.range(1, below).mapToObj(counts::padded).toList();
  }
}
