package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopMatcherTest {

  @Test
  void aPossibleBeginningIsHeldBackUntilItIsNone() {
    StopMatcher matcher = new StopMatcher(List.of("END"));
    assertThat(matcher.append("the E")).isEqualTo("the ");
    assertThat(matcher.append("N")).isEmpty();
    assertThat(matcher.append("ERGY E")).isEqualTo("ENERGY ");
    assertThat(matcher.append("ND of it")).isEmpty();
    assertThat(matcher.stopped()).isTrue();
    assertThat(matcher.finish()).isEmpty();
  }

  @Test
  void whatWasHeldBackIsShownWhenTheTextEnds() {
    StopMatcher matcher = new StopMatcher(List.of("END"));
    assertThat(matcher.append("WEEKEN")).isEqualTo("WEEK");
    assertThat(matcher.finish()).isEqualTo("EN");
  }

  @Test
  void aStopThatOverlapsItsOwnBeginningIsFound() {
    StopMatcher matcher = new StopMatcher(List.of("aab"));
    assertThat(matcher.append("aa") + matcher.append("a") + matcher.append("b")).isEqualTo("a");
    assertThat(matcher.stopped()).isTrue();
  }

  /**
   * The reference looks at the whole text: the stop that is complete first, the longest of those.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theOutcomeDoesNotDependOnHowTheTextIsCut(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] letters = {"a", "b", "é", "😀"};
    for (int round = 0; round < 500; round++) {
      List<String> stops =
          List.of(word(random, letters, 1 + random.nextInt(4)), word(random, letters, 3));
      String text = word(random, letters, random.nextInt(30));
      StopMatcher matcher = new StopMatcher(stops);
      StringBuilder shown = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        shown.append(matcher.append(text.substring(at, end)));
        at = end;
      }
      shown.append(matcher.finish());
      assertThat(shown.toString()).isEqualTo(reference(text, stops));
    }
  }

  private static String reference(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String start = text.substring(0, end);
      int longest = stops.stream().filter(start::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return text.substring(0, end - longest);
      }
    }
    return text;
  }

  private static String word(SplittableRandom random, String[] letters, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append(letters[random.nextInt(letters.length)]);
    }
    return word.toString();
  }
}
