package dev.reticent.recipe;

import dev.reticent.config.Section;
import dev.reticent.config.UserInputException;
import dev.reticent.model.ComputeType;
import dev.reticent.model.Quantization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The base model and how it is held and computed.
 *
 * @param name as given: the embedded model, a folder, or a name that {@code modelsRoot} leads to a
 *     folder; empty where a run's folder says it
 * @param modelDir the folder of the model, whatever its name
 * @param modelsRoot the folder that holds models by name
 * @param tokenizerDir where the tokenizer is, when it is not in the model's folder
 */
public record ModelSettings(
    Optional<String> name,
    Optional<Path> modelDir,
    Optional<Path> modelsRoot,
    Optional<Path> tokenizerDir,
    Quantization quantization,
    ComputeType computeType,
    List<String> devices,
    Offload offload) {

  /** Where frozen weights are kept between uses. */
  public enum Offload {
    /** On the device that computes. */
    NONE,
    /** In the host's memory; layers are streamed to the device. */
    HOST
  }

  /** The name of the model that comes with Reticent. */
  public static final String EMBEDDED = "reticent-tiny";

  private static final Map<String, String> KNOWN =
      Map.of(
          "open_mistral_7b", "mistralai/Mistral-7B-v0.1",
          "llama3-8b", "meta-llama/Meta-Llama-3-8B",
          "llama3-70b", "meta-llama/Meta-Llama-3-70B",
          "phi_3_mini", "microsoft/Phi-3-mini-4k-instruct");

  public ModelSettings {
    devices = List.copyOf(devices);
  }

  static ModelSettings read(Section section) {
    Optional<String> name =
        section
            .text("foundation_model_name")
            .describedAs(
                """
                The base model: `reticent-tiny`, which comes with Reticent (`quickstart` means the
                same); or a folder with a Hugging Face model; or a name such as `open_mistral_7b`
                whose folder `model_dir` or `models_root` gives. Nothing is ever downloaded.""")
            .optional();
    Optional<Path> modelDir =
        section
            .path("model_dir")
            .describedAs("The folder of the model, with config.json, tokenizer.json and weights.")
            .optional();
    Optional<Path> modelsRoot =
        section
            .path("models_root")
            .describedAs(
                """
                A folder of models: the model is in `models_root`/`foundation_model_name`, or in a
                folder with the name it has on the Hugging Face hub (`Mistral-7B-v0.1`).""")
            .optional();
    Optional<Path> tokenizerDir =
        section
            .path("tokenization_dir")
            .alsoSpelt("dataset.tokenization_dir")
            .describedAs("The folder of the tokenizer, when it is not in the model's folder.")
            .optional();
    return new ModelSettings(
        name,
        modelDir,
        modelsRoot,
        tokenizerDir,
        section.section(
            "quantization", "How the frozen weights are held.", ModelSettings::quantization),
        section
            .choice("dtype", computeTypes())
            .alsoSpelt("deepspeed.dtype")
            .describedAs(
                """
                The type in which layers compute. LoRA weights, norms, sums and noise are fp32 or
                wider whatever is said here.""")
            .orElse(ComputeType.FLOAT32),
        section
            .texts("devices")
            .limited(
                "of cpu, cuda or cuda:N",
                d ->
                    !d.isEmpty()
                        && d.stream().allMatch(x -> x.matches("cpu|(cuda|gpu)(:\\d{1,3})?")))
            .describedAs(
                """
                What computes: the same device in this version, named once for each micro-batch
                that is to run at a time. `[cpu, cpu]` shares the cores out to two of them, which
                suits small models.""")
            .orElse(List.of("cpu")),
        section
            .choice("offload", Offload.class)
            .limited("of which host is not there yet", o -> o == Offload.NONE)
            .describedAs("Where frozen weights are kept; `none` keeps them on the device.")
            .orElse(Offload.NONE));
  }

  private static Map<String, ComputeType> computeTypes() {
    Map<String, ComputeType> types = new LinkedHashMap<>();
    types.put("fp32", ComputeType.FLOAT32);
    types.put("bf16", ComputeType.BFLOAT16);
    types.put("float32", ComputeType.FLOAT32);
    types.put("bfloat16", ComputeType.BFLOAT16);
    return types;
  }

  private static Quantization quantization(Section section) {
    boolean four =
        section
            .flag("load_in_4bit")
            .describedAs("NF4 with double quantisation, about 4.13 bits a weight; needs `lora`.")
            .orElse(false);
    boolean eight =
        section
            .flag("load_in_8bit")
            .describedAs("Eight bits a weight; needs `lora`.")
            .orElse(false);
    section.check(
        !four || !eight,
        "load_in_4bit is true too; set one of them",
        "load_in_8bit",
        "load_in_4bit");
    return four ? Quantization.NF4 : eight ? Quantization.INT8 : Quantization.NONE;
  }

  /** Whether the model is the one that comes with Reticent. */
  public boolean embedded() {
    return modelDir.isEmpty()
        && name.filter(n -> n.equals(EMBEDDED) || n.equals("quickstart")).isPresent();
  }

  /**
   * The folder of a model that is not embedded.
   *
   * @throws UserInputException when there is none, saying where it was looked for
   */
  public Path folder() {
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
              + " tokenizer.json and safetensors, or models_root to the folder above it");
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
