package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.Golden;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadingTest {

  private static final ModelConfig MODEL = ModelConfig.read(Golden.folder("mistral-tiny"));
  private static final List<ComputeDevice> HOMES =
      Collections.nCopies(MODEL.layers(), ComputeDevice.CPU);

  /** Matrices that are one number, which follows from their names. */
  private static final class Names implements WeightSource {
    private final AtomicInteger loaded = new AtomicInteger();
    private final int broken;

    Names(int broken) {
      this.broken = broken;
    }

    @Override
    public Tensor vector(TensorSpec spec, ComputeDevice device) {
      return Tensor.of(device, new float[] {spec.name().hashCode()}, 1);
    }

    @Override
    public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
      if (loaded.incrementAndGet() == broken) {
        throw new UserInputException("a damaged shard");
      }
      return List.of(vector(spec, device), vector(spec, device), Tensor.absent(device));
    }

    @Override
    public Tensor computed(TensorSpec spec, ComputeDevice device) {
      return vector(spec, device);
    }
  }

  @Test
  void layersAreTheSameForAnyNumberOfMatricesAtOnce() {
    try (HeldLayers one = new HeldLayers(MODEL, new Names(0), HOMES, 1);
        HeldLayers five = new HeldLayers(MODEL, new Names(0), HOMES, 5)) {
      for (int layer = 0; layer < MODEL.layers(); layer++) {
        List<Tensor> expected = one.layer(layer);
        List<Tensor> found = five.layer(layer);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i).toFloats()).isEqualTo(expected.get(i).toFloats());
        }
      }
    }
  }

  @Test
  void whatIsWrongWithAMatrixIsSaidInItsOwnWords() {
    for (int atOnce : new int[] {1, 4}) {
      assertThatThrownBy(() -> new HeldLayers(MODEL, new Names(3), HOMES, atOnce))
          .isInstanceOf(UserInputException.class)
          .hasMessage("a damaged shard");
    }
  }
}
