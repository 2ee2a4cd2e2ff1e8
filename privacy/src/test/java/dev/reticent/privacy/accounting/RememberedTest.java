package dev.reticent.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RememberedTest {

  @Test
  void anAnswerIsComputedOnceUntilItsQuestionIsTheOneNotAskedForLongest() {
    List<Integer> computed = new ArrayList<>();
    Remembered<Integer, String> squares = new Remembered<>(2);
    for (int question : new int[] {3, 4, 3, 5, 3, 4}) {
      String answer =
          squares.answer(
              question,
              asked -> {
                computed.add(asked);
                return "" + asked * asked;
              });
      assertThat(answer).isEqualTo("" + question * question);
    }
    assertThat(computed).containsExactly(3, 4, 5, 4);
  }
}
