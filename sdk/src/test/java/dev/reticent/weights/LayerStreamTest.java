package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.CopyStream;
import dev.reticent.engine.Program;
import dev.reticent.engine.Script;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.Golden;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayerStreamTest {

  private static final ModelConfig SHAPE = ModelConfig.read(Golden.folder("mistral-tiny"));
  private static final int LAYERS = 6;
  private static final ModelConfig MODEL = SHAPE.withLayers(List.of(0, 1, 0, 1, 0, 1));
  private static final Program PROGRAM =
      Program.compile(
          new Script(
              "Bring",
              """
              def bring(self, tensors: List[Tensor], like: Tensor) -> List[Tensor]:
                return [t.clone() for t in tensors]
              """
                  .indent(2)));

  /** A device's queue that counts what is computed, and knows for what the copies wait. */
  private static final class Watched implements CopyStream {
    private final Set<Integer> open = Collections.synchronizedSet(new HashSet<>());
    private final List<Integer> waitedFor = Collections.synchronizedList(new ArrayList<>());
    private int asked;
    private int moments;
    private final AtomicInteger copies = new AtomicInteger();

    private final class Asked implements Moment {
      private final int number = moments++;
      private final int until = asked;

      @Override
      public void close() {
        assertThat(open.remove(number)).isTrue();
      }
    }

    @Override
    public <T> T call(Supplier<T> work) {
      copies.incrementAndGet();
      return work.get();
    }

    @Override
    public Moment now() {
      Asked moment = new Asked();
      open.add(moment.number);
      return moment;
    }

    @Override
    public void after(Moment moment) {
      waitedFor.add(((Asked) moment).until);
    }
  }

  /**
   * A forward and a backward pass, in which a layer is computed with until it is given back: the
   * device may lag behind by any number of layers, so what is copied into a layer's memory has to
   * wait for the last use of that layer, and for each.
   */
  @Test
  void whatIsCopiedIntoALayersMemoryWaitsForItsLastUse() {
    Watched copies = new Watched();
    int[] order =
        IntStream.concat(
                IntStream.range(0, LAYERS), IntStream.range(0, LAYERS).map(i -> LAYERS - 1 - i))
            .toArray();
    List<Integer> lastUses = new ArrayList<>();
    List<ComputeDevice> host = Collections.nCopies(LAYERS, ComputeDevice.CPU);
    try (HeldLayers held = new HeldLayers(MODEL, new Ones(), host, 1)) {
      LayerStream stream = new LayerStream(held, PROGRAM, List.of(), host.get(0), copies);
      for (int i = 0; i < order.length; i++) {
        try (LayerLease lease = stream.lease(order[i])) {
          if (i + 1 < order.length) {
            stream.prefetch(order[i + 1]);
          }
          assertThat(lease.tensors()).hasSameSizeAs(held.layer(order[i]));
          copies.asked++;
        }
        lastUses.add(copies.asked);
      }
      stream.close();
    }
    // Every layer is brought once for each pass; at the turn the last two are there still.
    assertThat(copies.copies.get()).isEqualTo(2 * LAYERS - 2);
    assertThat(copies.waitedFor)
        .hasSize(copies.copies.get())
        .isSubsetOf(lastUses)
        .doesNotHaveDuplicates();
    assertThat(copies.open).isEmpty();
  }

  private record Ones() implements WeightSource {
    @Override
    public Tensor vector(TensorSpec spec, ComputeDevice device) {
      return Tensor.of(device, new float[] {1}, 1);
    }

    @Override
    public List<Tensor> matrix(TensorSpec spec, int parts, ComputeDevice device) {
      return List.of(vector(spec, device), vector(spec, device), Tensor.absent(device));
    }

    @Override
    public Tensor computed(TensorSpec spec, ComputeDevice device) {
      return vector(spec, device);
    }
  }
}
