package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.format.Safetensors;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each weight of a model lies in one flat array: layer by layer, then the final norm, the
 * output matrix, and the embedding table where it is not the output matrix.
 */
@Internal
public final class WeightLayout {

  private final List<TensorSpec> specs = new ArrayList<>();
  private final Map<String, Integer> starts = new LinkedHashMap<>();
  private final int size;

  public WeightLayout(ModelConfig config) {
    TensorNames names = new TensorNames(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      specs.addAll(names.layer(layer));
    }
    specs.addAll(names.finalNorm());
    specs.add(names.head());
    if (config.architecture().headBias()) {
      specs.add(names.headBias());
    }
    if (!config.tiedEmbeddings()) {
      specs.add(names.embedding());
    }
    if (config.architecture().learnedPositions()) {
      specs.add(names.positions());
    }
    int at = 0;
    for (TensorSpec spec : specs) {
      starts.put(spec.name(), at);
      at = Math.addExact(at, Math.toIntExact(spec.elements()));
    }
    size = at;
  }

  /** The tensors in order. */
  public List<TensorSpec> specs() {
    return List.copyOf(specs);
  }

  /** Number of weights. */
  public int size() {
    return size;
  }

  /** Index of a tensor's first weight. */
  public int start(TensorSpec spec) {
    return starts.getOrDefault(spec.name(), -1);
  }

  /** Weights that nobody trained, to measure with: see {@link RandomSource}. */
  public float[] random() {
    float[] values = new float[size];
    for (TensorSpec spec : specs) {
      if (spec.shape().size() == 2) {
        float[] part = RandomSource.values(spec);
        System.arraycopy(part, 0, values, start(spec), part.length);
      } else {
        Arrays.fill(values, start(spec), start(spec) + Math.toIntExact(spec.elements()), 1);
      }
    }
    return values;
  }

  /** A copy of one tensor's weights. */
  public float[] part(TensorSpec spec, float[] values) {
    int start = start(spec);
    return Arrays.copyOfRange(values, start, start + Math.toIntExact(spec.elements()));
  }

  /** The weights of a checkpoint in this order. */
  public float[] read(Safetensors files) {
    float[] values = new float[size];
    for (TensorSpec spec : specs) {
      float[] part = files.tensor(spec.name()).floats();
      System.arraycopy(part, 0, values, start(spec), part.length);
    }
    return values;
  }
}
