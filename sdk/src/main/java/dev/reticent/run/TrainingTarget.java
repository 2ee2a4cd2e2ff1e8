package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.format.ModelFolderWriter;
import dev.reticent.format.Safetensors;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.lora.TrainedPart;
import dev.reticent.model.Decoder;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Trainable;
import dev.reticent.training.TrainableAdapter;
import dev.reticent.training.TrainableWeights;
import dev.reticent.weights.StoredLayout;
import dev.reticent.weights.TensorNames;
import dev.reticent.weights.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a run trains: an adapter, or with {@code lora: null} all weights. */
@Internal
public interface TrainingTarget {

  /** What a config asks for. */
  static TrainingTarget of(FinetuneConfig config, ModelConfig model) {
    return config
        .lora()
        .<TrainingTarget>map(lora -> new OfAdapter(lora.trained(model), config))
        .orElseGet(() -> new OfWeights(new WeightLayout(model)));
  }

  /** Number of values. */
  int size();

  /** Whether the values to start from are computed on the base, by whoever has it. */
  boolean startsOnBase();

  /** The values to start from. */
  float[] initial(BaseModel base, List<Decoder> decoders);

  /**
   * The values in training on a model.
   *
   * @param decoders one for each worker; none where others compute
   */
  Trainable trainable(BaseModel base, List<Decoder> decoders, float[] values);

  /** Writes values so that Python loads them. */
  void write(BaseModel base, List<Decoder> decoders, float[] values, Path folder)
      throws IOException;

  /**
   * Reads back what was written.
   *
   * @throws IllegalStateException when that is not what was trained, bit by bit, or, where there is
   *     a decoder, computes something else
   */
  void check(BaseModel base, List<Decoder> decoders, float[] values, Path folder);

  /** A LoRA adapter, in PEFT's layout. */
  record OfAdapter(TrainedPart part, FinetuneConfig config) implements TrainingTarget {
    @Override
    public int size() {
      return part.size();
    }

    /** DoRA's magnitudes begin as norms of the base's matrices. */
    @Override
    public boolean startsOnBase() {
      return config.checkpointPath().isEmpty()
          && part.layout().slots().stream().anyMatch(AdapterSlot::dora);
    }

    @Override
    public float[] initial(BaseModel base, List<Decoder> decoders) {
      return part.of(start(base, decoders).values());
    }

    /** The adapter before the first step: what is not trained stays as it is there. */
    private Adapter start(BaseModel base, List<Decoder> decoders) {
      return config
          .checkpointPath()
          .map(path -> goingOn(path, base.config()))
          .orElseGet(() -> fresh(decoders));
    }

    /** The adapter that trained values make. */
    private Adapter whole(BaseModel base, List<Decoder> decoders, float[] values) {
      if (!part.freezesA()) {
        return new Adapter(part.layout(), values);
      }
      Adapter adapter = start(base, decoders);
      part.into(adapter.values(), values);
      return adapter;
    }

    private Adapter fresh(List<Decoder> decoders) {
      return decoders.isEmpty()
          ? Adapter.initial(part.layout(), config.seed())
          : Adapter.initial(part.layout(), config.seed(), decoders.get(0));
    }

    /** An adapter to start from, which must be one that this run could have made. */
    private Adapter goingOn(Path path, ModelConfig model) {
      Adapter earlier = PeftFolder.read(path, model);
      if (!earlier.saved().isEmpty()) {
        throw new UserInputException(
            "checkpoint_path: the adapter in "
                + path
                + " brings "
                + earlier.saved().get(0).name()
                + ", and only low-rank adapters are trained here; merge it into its base first"
                + " (./reticent merge) and train a new one on that.");
      }
      AdapterLayout layout = part.layout();
      if (!earlier.layout().slots().equals(layout.slots())) {
        throw new UserInputException(
            "checkpoint_path: the adapter in "
                + path
                + " has other modules, ranks, scales or magnitudes than the lora section: it has "
                + described(earlier.layout())
                + ", the config asks for "
                + described(layout)
                + ". Make the lora section say the same.");
      }
      return earlier;
    }

    private static String described(AdapterLayout layout) {
      AdapterSlot first = layout.slots().get(0);
      return "%d modules, the first %s of rank %d and scale %s%s"
          .formatted(
              layout.slots().size(),
              first.path(),
              first.rank(),
              first.scale(),
              first.dora() ? " with DoRA" : "");
    }

    @Override
    public Trainable trainable(BaseModel base, List<Decoder> decoders, float[] values) {
      return new TrainableAdapter(decoders, whole(base, decoders, values), part, values);
    }

    @Override
    public void write(BaseModel base, List<Decoder> decoders, float[] values, Path folder)
        throws IOException {
      PeftFolder.write(folder, whole(base, decoders, values), base.folder().toString());
    }

    @Override
    public void check(BaseModel base, List<Decoder> decoders, float[] values, Path folder) {
      ResultCheck.adapter(base, decoders, whole(base, decoders, values), folder);
    }
  }

  /** All weights, as a Hugging Face model folder in fp32. */
  record OfWeights(WeightLayout layout) implements TrainingTarget {
    @Override
    public int size() {
      return layout.size();
    }

    /** They are the base's, as its files have them. */
    @Override
    public boolean startsOnBase() {
      return false;
    }

    @Override
    public float[] initial(BaseModel base, List<Decoder> decoders) {
      try (Safetensors files = names(base).open(base.folder())) {
        return layout.read(files);
      }
    }

    private static TensorNames names(BaseModel base) {
      return new TensorNames(base.config());
    }

    @Override
    public Trainable trainable(BaseModel base, List<Decoder> decoders, float[] values) {
      return new TrainableWeights(base.config(), decoders, values);
    }

    @Override
    public void write(BaseModel base, List<Decoder> decoders, float[] values, Path folder)
        throws IOException {
      ModelFolderWriter writer = new ModelFolderWriter(base.folder(), Dtype.F32);
      StoredLayout stored = new StoredLayout(names(base));
      layout.specs().forEach(spec -> stored.add(writer, spec, () -> layout.part(spec, values)));
      writer.write(folder, Long.MAX_VALUE);
    }

    @Override
    public void check(BaseModel base, List<Decoder> decoders, float[] values, Path folder) {
      try (Safetensors files = names(base).open(folder)) {
        ResultCheck.sameValues(values, layout.read(files), folder);
      }
    }
  }
}
