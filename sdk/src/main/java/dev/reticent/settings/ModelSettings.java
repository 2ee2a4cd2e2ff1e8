package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Hardware;
import dev.reticent.weights.Activations;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The base model and how it is held and computed.
 *
 * @param name as given: the embedded model, a folder, or a name that {@code modelsRoot} leads to a
 *     folder; empty where a run's folder says it
 * @param modelDir the folder of the model, whatever its name
 * @param modelsRoot the folder that holds models by name
 * @param tokenizerDir where the tokenizer is, when it is not in the model's folder
 * @param cacheDir where quantized weights are kept, however small the model
 */
public record ModelSettings(
    Optional<String> name,
    Optional<Path> modelDir,
    Optional<Path> modelsRoot,
    Optional<Path> tokenizerDir,
    Quantization quantization,
    Optional<Path> cacheDir,
    ComputeType computeType,
    List<ComputeDevice> devices,
    Offload offload,
    Activations activations) {

  /** Where frozen weights are kept between uses. */
  public enum Offload {
    /** On the device that computes. */
    NONE,
    /** In the host's memory; layers are streamed to the device. */
    HOST
  }

  /** The name of the model that comes with Reticent. */
  public static final String EMBEDDED = "reticent-tiny";

  private static final String AUTO = "auto";

  private static final Map<String, String> KNOWN =
      Map.of(
          "open_mistral_7b", "mistralai/Mistral-7B-v0.1",
          "llama3-8b", "meta-llama/Meta-Llama-3-8B",
          "llama3-70b", "meta-llama/Meta-Llama-3-70B",
          "phi_3_mini", "microsoft/Phi-3-mini-4k-instruct");

  @Internal
  public ModelSettings {
    devices = List.copyOf(devices);
  }

  public static ModelSettings read(Section section) {
    Optional<String> name =
        section
            .text("foundation_model_name")
            .describedAs(
                """
                The base model: `reticent-tiny`, which comes with Reticent (`quickstart` means the
                same); or a folder with a Hugging Face model; or a name such as `open_mistral_7b`
                whose folder `model_dir` or `models_root` gives. Nothing is ever downloaded.\
                """)
            .optional();
    Optional<Path> modelDir =
        section
            .path("model_dir")
            .describedAs("The folder of the model, with config.json, tokenizer and weights.")
            .optional();
    Optional<Path> modelsRoot =
        section
            .path("models_root")
            .describedAs(
                """
                A folder of models: the model is in `models_root`/`foundation_model_name`, or in a
                folder with the name it has on the Hugging Face hub (`Mistral-7B-v0.1`).\
                """)
            .optional();
    Optional<Path> tokenizerDir =
        section
            .path("tokenization_dir")
            .alsoSpelt("dataset.tokenization_dir")
            .describedAs("The folder of the tokenizer, when it is not in the model's folder.")
            .optional();
    Held held =
        section.section("quantization", "How the frozen weights are held.", ModelSettings::held);
    return new ModelSettings(
        name,
        modelDir,
        modelsRoot,
        tokenizerDir,
        held.quantization(),
        held.cacheDir(),
        section
            .choice("dtype", computeTypes())
            .alsoSpelt("deepspeed.dtype")
            .describedAs(
                """
                The type of weights and activations, in which layers compute; inside a layer, fp32
                takes the place of bf16 on a processor that multiplies that slower. LoRA weights,
                norms, sums and noise are fp32 or wider whatever is said here.\
                """)
            .orElse(ComputeType.FLOAT32),
        section
            .texts("devices")
            .limited(
                "of cpu, cuda or cuda:N, or auto alone",
                d ->
                    d.equals(List.of(AUTO))
                        || (!d.isEmpty()
                            && d.stream().allMatch(x -> x.matches("(cpu|cuda)(:\\d{1,3})?"))))
            .describedAs(
                """
                What computes: each device named runs a micro-batch at a time. `auto` is every card
                that libtorch can use, or else `cpu`; `reticent doctor` says which. A device that is
                named several times holds its weights once: `[cpu, cpu]` shares the cores out to two
                micro-batches, which suits small models. `cpu:1` is the same processors and memory
                again, treated as another device.\
                """)
            .orElse(List.of(AUTO))
            .stream()
            .flatMap(ModelSettings::named)
            .toList(),
        section
            .choice("offload", Offload.class)
            .describedAs(
                """
                Where frozen weights are kept: `none` on the device; `host` in the host's memory,
                from which each layer is copied to the device while it computes.\
                """)
            .orElse(Offload.NONE),
        section
                .flag("activation_checkpointing")
                .describedAs(
                    """
                    Keeps only each layer's input between forward and backward pass and runs the
                    layer again: far less memory, about a quarter more time.\
                    """)
                .orElse(false)
            ? Activations.RECOMPUTE
            : Activations.KEEP);
  }

  private static Stream<ComputeDevice> named(String device) {
    return device.equals(AUTO)
        ? Hardware.here().devices().stream()
        : Stream.of(ComputeDevice.parse(device));
  }

  private static Map<String, ComputeType> computeTypes() {
    Map<String, ComputeType> types = new LinkedHashMap<>();
    types.put("fp32", ComputeType.FLOAT32);
    types.put("bf16", ComputeType.BFLOAT16);
    types.put("float32", ComputeType.FLOAT32);
    types.put("bfloat16", ComputeType.BFLOAT16);
    return types;
  }

  /** The section {@code quantization}. */
  private record Held(Quantization quantization, Optional<Path> cacheDir) {}

  private static Held held(Section section) {
    boolean four =
        section
            .flag("load_in_4bit")
            .describedAs(
                "NF4 with double quantization, about 4.13 bits a weight; fine-tuning then needs"
                    + " `lora`.")
            .orElse(false);
    boolean eight =
        section
            .flag("load_in_8bit")
            .describedAs("Eight bits a weight; fine-tuning then needs `lora`.")
            .orElse(false);
    section.check(
        !four || !eight,
        "load_in_4bit is true too; set one of them",
        "load_in_8bit",
        "load_in_4bit");
    Optional<Path> cacheDir =
        section
            .path("cache_dir")
            .describedAs(
                """
                Where quantized weights are kept between runs. Without it
                `~/.cache/reticent/quantized`, for models from 256 MiB on.\
                """)
            .optional();
    return new Held(
        four ? Quantization.NF4 : eight ? Quantization.INT8 : Quantization.NONE, cacheDir);
  }

  /** These settings for the model in another folder. */
  public ModelSettings at(Path folder) {
    return new ModelSettings(
        name,
        Optional.of(folder),
        modelsRoot,
        tokenizerDir,
        quantization,
        cacheDir,
        computeType,
        devices,
        offload,
        activations);
  }

  /** Whether a model is named here, rather than by the run that is used. */
  public boolean given() {
    return name.isPresent() || modelDir.isPresent();
  }

  /** Where the layers are held, given a {@code zero_stage}. */
  public Placement placement(int zeroStage) {
    if (offload == Offload.HOST) {
      return Placement.HOST;
    }
    return zeroStage == 3 ? Placement.SHARDED : Placement.REPLICATED;
  }

  /** Whether the model is the one that comes with Reticent. */
  public boolean embedded() {
    return modelDir.isEmpty()
        && name.filter(n -> n.equals(EMBEDDED) || n.equals("quickstart")).isPresent();
  }

  /**
   * The model's folder; that of the embedded model is written first, where it is not there yet.
   *
   * @throws UserInputException when there is none, saying where it was looked for
   */
  public Path folder() {
    if (embedded()) {
      return EmbeddedModel.folder();
    }
    if (modelDir.isPresent()) {
      return existing(modelDir.get(), "model_dir");
    }
    String wanted =
        name.orElseThrow(
            () -> new UserInputException("foundation_model_name: missing; name a model"));
    Optional<String> hub = Optional.ofNullable(KNOWN.get(wanted));
    if (modelsRoot.isPresent()) {
      Path root = existing(modelsRoot.get(), "models_root");
      String hubName = hub.orElse(wanted);
      List<Path> places =
          List.of(
              root.resolve(wanted),
              root.resolve(hubName.substring(hubName.lastIndexOf('/') + 1)),
              root.resolve(hubName));
      return places.stream()
          .filter(Files::isDirectory)
          .findFirst()
          .orElseThrow(
              () ->
                  new UserInputException(
                      "foundation_model_name: found '"
                          + wanted
                          + "', but none of the folders "
                          + places.stream().distinct().toList()
                          + " exists; put the model there or set model_dir"));
    }
    if (hub.isPresent()) {
      throw new UserInputException(
          "foundation_model_name: '"
              + wanted
              + "' is the model "
              + hub.get()
              + ", and Reticent downloads nothing: set model_dir to a folder with its config.json,"
              + " tokenizer and safetensors, or models_root to the folder above it");
    }
    return existing(Path.of(wanted), "foundation_model_name");
  }

  private static Path existing(Path folder, String key) {
    if (!Files.isDirectory(folder)) {
      throw new UserInputException(
          key
              + ": there is no folder "
              + folder
              + " (from "
              + Path.of("").toAbsolutePath()
              + "); give the folder of a Hugging Face model, or '"
              + EMBEDDED
              + "' for the one that comes with Reticent");
    }
    return folder;
  }
}
