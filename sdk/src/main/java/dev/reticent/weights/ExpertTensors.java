package dev.reticent.weights;

import dev.reticent.architecture.Mixture;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The matrices of a layer's experts as a checkpoint holds them: one tensor for each expert, one for
 * all, or MXFP4. The model has them as one matrix, one expert below the other.
 */
record ExpertTensors(ModelConfig config) {

  /** One matrix of all experts of one layer. */
  private record Slot(Projection projection, TensorSpec spec, int layer) {}

  private List<Slot> slots() {
    TensorNames names = new TensorNames(config);
    List<Slot> slots = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.of(config, layer)) {
        if (projection.ofExperts()) {
          slots.add(new Slot(projection, names.weight(layer, projection), layer));
        }
      }
    }
    return slots;
  }

  /** Shows a checkpoint's experts as the model has them, however they are stored. */
  void gather(Safetensors files) {
    for (Slot slot : slots()) {
      String name = slot.spec().name();
      if (files.contains(name) && files.tensor(name).shape().size() == 3) {
        files.flatten(name, config.mixture().storage().transposed());
      } else if (files.contains(name + "_blocks")) {
        files.unpackMxfp4(name);
      } else if (!files.contains(name)) {
        List<String> parts = parts(slot);
        if (parts.stream().anyMatch(files::contains)) {
          requireAll(files, parts);
          files.stack(name, parts);
        }
      }
    }
  }

  private static void requireAll(Safetensors files, List<String> parts) {
    List<String> missing = parts.stream().filter(part -> !files.contains(part)).toList();
    if (!missing.isEmpty()) {
      throw new UserInputException(
          "%s: the weights do not fit config.json: %d tensors of experts are missing, the first %s."
              .formatted(files.source(), missing.size(), missing.get(0)));
    }
  }

  /** The names of one matrix's tensors, expert by expert; none where there is one for all. */
  private List<String> parts(Slot slot) {
    Mixture mixture = config.mixture();
    List<String> names = new ArrayList<>();
    for (int expert = 0; expert < mixture.experts(); expert++) {
      for (String pattern : mixture.storage().parts(slot.projection())) {
        names.add(config.paths().stored(slot.layer(), pattern.formatted(expert)));
      }
    }
    return names;
  }

  /** Adds the experts' matrix of this name, if it is one, as checkpoints are published. */
  boolean add(
      ModelFolderWriter writer,
      TensorSpec spec,
      StoredTensor values,
      StoredLayout.RowChange change) {
    Optional<Slot> found =
        config.architecture().mixture().isEmpty()
            ? Optional.empty()
            : slots().stream().filter(slot -> slot.spec().equals(spec)).findFirst();
    found.ifPresent(slot -> write(writer, slot, values, change));
    return found.isPresent();
  }

  private void write(
      ModelFolderWriter writer, Slot slot, StoredTensor values, StoredLayout.RowChange change) {
    int experts = config.mixture().experts();
    long columns = slot.spec().shape().get(1);
    long rows = slot.spec().shape().get(0);
    List<String> names = parts(slot);
    int pieces = names.isEmpty() ? experts : names.size();
    int count = Math.toIntExact(rows / pieces * columns);
    List<Supplier<float[]>> parts = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      long from = (long) i * count;
      parts.add(
          () -> {
            float[] own = values.floats(from, count);
            change.apply(own, Math.toIntExact(from / columns));
            return own;
          });
    }
    if (names.isEmpty()) {
      writer.add(whole(slot.spec(), experts), turned(parts, rows / experts, columns));
      return;
    }
    for (int i = 0; i < pieces; i++) {
      writer.add(new TensorSpec(names.get(i), List.of(rows / pieces, columns)), parts.get(i));
    }
  }

  private TensorSpec whole(TensorSpec spec, long experts) {
    long rows = spec.shape().get(0) / experts;
    long columns = spec.shape().get(1);
    return config.mixture().storage().transposed()
        ? new TensorSpec(spec.name(), List.of(experts, columns, rows))
        : new TensorSpec(spec.name(), List.of(experts, rows, columns));
  }

  private List<Supplier<float[]>> turned(List<Supplier<float[]>> parts, long rows, long columns) {
    if (!config.mixture().storage().transposed()) {
      return parts;
    }
    return parts.stream()
        .map(
            part ->
                (Supplier<float[]>)
                    () -> StoredLayout.turned(part.get(), (int) rows, (int) columns))
        .toList();
  }
}
