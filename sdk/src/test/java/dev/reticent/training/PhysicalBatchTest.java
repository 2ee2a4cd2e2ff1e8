package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.engine.EngineFailures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhysicalBatchTest {

  private static final BatchShape SHORT = new BatchShape(8, 16, 16);
  private static final BatchShape LONG = new BatchShape(8, 64, 16);

  private final List<String> notices = new ArrayList<>();
  private final List<BatchShape> computed = new ArrayList<>();
  private final PhysicalBatch physical = new PhysicalBatch(8, notices::add);

  private static List<Row> rows(int count) {
    return Collections.nCopies(count, Row.EMPTY);
  }

  /** On a device that has room for so many tokens. */
  private int compute(int count, BatchShape shape, int room) {
    return physical.runApart(
        rows(count),
        shape,
        (some, places) -> {
          if (places.rows() * places.tokens() > room) {
            throw EngineFailures.outOfMemory();
          }
          computed.add(places);
          return some.size();
        },
        Integer::sum);
  }

  /** One long row must not change in what shape the others are computed. */
  @Test
  void onlyTheShapeThatFoundNoRoomIsHalved() {
    assertThat(compute(8, LONG, 300)).isEqualTo(8);
    assertThat(compute(8, SHORT, 300)).isEqualTo(8);
    assertThat(computed).containsExactly(LONG.withRows(4), LONG.withRows(4), SHORT);
    assertThat(notices).singleElement().asString().contains("for rows of up to 64 tokens");
  }

  /** Empty places take memory too, so fewer rows than half can find no room, and do in a half. */
  @Test
  void fewRowsOfAShapeWithoutRoomGoInHalfOfIt() {
    assertThat(compute(2, LONG, 300)).isEqualTo(2);
    assertThat(computed).containsExactly(LONG.withRows(4));
    assertThatThrownBy(() -> compute(2, LONG, 200))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("physical_batch_size: memory ran out");
  }
}
