package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.engine.Program;
import dev.reticent.engine.Script;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A decoder's program takes hundreds of megabytes: of many models' those in use stay, and few. */
class ProgramCacheTest {

  private static final Script SCRIPT =
      new Script(
          "Twice",
          """
            def twice(self, x: Tensor) -> Tensor:
              return torch.add(x, x)
          """);

  private final List<Integer> compiled = new ArrayList<>();
  private final ProgramCache<Integer> cache = new ProgramCache<>(2, this::compile);

  private Program compile(int key) {
    compiled.add(key);
    return Program.compile(SCRIPT);
  }

  @Test
  void programsInUseStayAndAFewOfTheOthers() {
    ProgramCache<Integer>.Lease open = cache.take(0);
    for (int key = 1; key <= 20; key++) {
      cache.take(key).close();
    }
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.take(0).program()).isSameAs(open.program());
    cache.take(20).close();
    assertThat(compiled).hasSize(21);
    cache.take(1).close();
    assertThat(compiled).hasSize(22);
  }

  @Test
  void aLeaseClosedTwiceGivesBackOnce() {
    ProgramCache<Integer>.Lease one = cache.take(0);
    ProgramCache<Integer>.Lease other = cache.take(0);
    one.close();
    one.close();
    for (int key = 1; key <= 3; key++) {
      cache.take(key).close();
    }
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.take(0).program()).isSameAs(other.program());
  }
}
