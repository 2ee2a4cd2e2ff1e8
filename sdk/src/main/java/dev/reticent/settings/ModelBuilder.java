package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.weights.ComputeType;
import java.nio.file.Path;
import java.util.List;

/** The base model of a run, in code; {@link ModelSettings} is what comes of it. */
public final class ModelBuilder extends SectionBuilder<ModelBuilder> {

  @Internal
  public ModelBuilder(SectionBuilder<?> config) {
    super(config, "");
  }

  /**
   * {@code foundation_model_name}: the embedded model, a folder, or a name that a folder is found
   * by.
   */
  public ModelBuilder name(String name) {
    return set("foundation_model_name", name);
  }

  /** {@code model_dir}: the folder of the model. */
  public ModelBuilder folder(Path folder) {
    return set("model_dir", folder);
  }

  /** {@code models_root}: a folder that holds models by name. */
  public ModelBuilder root(Path folder) {
    return set("models_root", folder);
  }

  /** {@code tokenization_dir}: the folder of the tokenizer, when it is not in the model's. */
  public ModelBuilder tokenizer(Path folder) {
    return set("tokenization_dir", folder);
  }

  /** {@code quantization.load_in_4bit}: NF4 with double quantization. */
  public ModelBuilder fourBits(boolean on) {
    return set("quantization.load_in_4bit", on);
  }

  /** {@code quantization.load_in_8bit}: eight bits a weight. */
  public ModelBuilder eightBits(boolean on) {
    return set("quantization.load_in_8bit", on);
  }

  /** {@code quantization.cache_dir}: where quantized weights are kept between runs. */
  public ModelBuilder cache(Path folder) {
    return set("quantization.cache_dir", folder);
  }

  /** {@code dtype}: the type of weights and activations. */
  public ModelBuilder computeType(ComputeType compute) {
    return set("dtype", compute == ComputeType.BFLOAT16 ? "bf16" : "fp32");
  }

  /** {@code devices}: cpu, cuda or cuda:N, or auto alone. */
  public ModelBuilder devices(List<String> devices) {
    return set("devices", devices);
  }

  /** {@code offload}: where frozen weights are kept. */
  public ModelBuilder offload(ModelSettings.Offload offload) {
    return set("offload", offload);
  }

  /** {@code activation_checkpointing}: keeps each layer's input only, and runs the layer again. */
  public ModelBuilder recompute(boolean on) {
    return set("activation_checkpointing", on);
  }
}
