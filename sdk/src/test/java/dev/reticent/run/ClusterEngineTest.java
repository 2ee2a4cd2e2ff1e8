package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.settings.DistributedSettings.Engine;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** An engine comes from a module of its own, or is told to be missing. */
class ClusterEngineTest {

  @Test
  void anEngineWithoutItsModuleIsToldWithTheCure() {
    if (ServiceLoader.load(ClusterEngine.class).iterator().hasNext()) {
      // Tests of all modules run on one class path here.
      assertThat(ClusterEngine.of(Engine.SPARK).engine()).isEqualTo(Engine.SPARK);
    } else {
      assertThatThrownBy(() -> ClusterEngine.of(Engine.SPARK))
          .isInstanceOf(UserInputException.class)
          .hasMessageStartingWith(
              "distributed.engine: spark needs the module dev.reticent:reticent-spark,");
    }
  }
}
