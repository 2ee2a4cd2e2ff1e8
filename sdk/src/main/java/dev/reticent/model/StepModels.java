package dev.reticent.model;

import dev.reticent.architecture.Activation;
import dev.reticent.architecture.Architecture;
import dev.reticent.architecture.LayerShape;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import dev.reticent.weights.Nf4;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Which models {@link StepKernels} computes: Llama's layers, with biases or norms of heads. */
final class StepModels {

  /** Modules of a layer, in the order in which they are laid out. */
  static final List<Projection> MODULES =
      List.of(
          Projection.Q,
          Projection.K,
          Projection.V,
          Projection.O,
          Projection.GATE,
          Projection.UP,
          Projection.DOWN);

  private static final Set<NormPlace> BEFORE = EnumSet.of(NormPlace.INPUT, NormPlace.FEED_FORWARD);
  private static final Set<NormPlace> OF_HEADS = EnumSet.of(NormPlace.QUERY, NormPlace.KEY);

  /** Elements that a thread takes. */
  private static final int EIGHT = 8;

  private StepModels() {}

  /** Whether a model's layers are of the kind that the kernels compute. */
  static boolean known(ModelConfig config) {
    Architecture kind = config.architecture();
    Architecture.Attention attention = kind.attention();
    Set<NormPlace> places = kind.norms().places().keySet();
    LayerShape shape = config.shape(0);
    int threads = shape.headDim() / EIGHT;
    boolean norms =
        places.containsAll(BEFORE)
            && places.stream().allMatch(p -> BEFORE.contains(p) || OF_HEADS.contains(p))
            && attention.queryKeyNorm() == Architecture.QueryKeyNorm.EACH_HEAD
            && !kind.norms().centred()
            && !kind.norms().bias()
            && kind.norms().factors();
    boolean layers =
        Projection.of(config).equals(MODULES)
            && config.shapes().stream().distinct().count() == 1
            && shape.keys() == LayerShape.Keys.OWN
            && !kind.parallel()
            && !kind.layerScaled()
            && kind.layerInput().isEmpty()
            && kind.gated()
            && kind.activation() == Activation.SILU;
    boolean heads =
        shape.headDim() % (2 * EIGHT) == 0
            && Integer.bitCount(threads) == 1
            && threads <= 32
            && !attention.adjacentPairs()
            && !attention.byGroup()
            && !attention.valuesNormed()
            && !attention.sinks()
            && !attention.gated()
            && !attention.chunked()
            && attention.cap() == 0
            && attention.clip() == 0;
    boolean turning =
        !kind.learnedPositions()
            && !config.reach().grows()
            && config.turns().stream().allMatch(turn -> turn < config.ropes().size())
            && config.ropes().stream().allMatch(rope -> rope.rotaryDim() == shape.headDim());
    boolean sizes =
        LongStream.of(config.hiddenSize(), config.querySize(0), shape.intermediate())
            .allMatch(size -> size > 0 && size % Nf4.BLOCK == 0);
    Architecture.Scales scales = kind.scales();
    boolean plain =
        scales.embedding() == 1
            && scales.residual() == 1
            && scales.logits() == 1
            && scales.logitCap() == 0;
    return norms && layers && heads && turning && sizes && plain;
  }
}
