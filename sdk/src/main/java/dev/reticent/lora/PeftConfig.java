package dev.reticent.lora;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads and writes {@code adapter_config.json}. */
final class PeftConfig {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> PLAIN_INITS = Set.of("gaussian", "eva", "orthogonal");

  static final String CURE =
      "merge the adapter into its base in Python (merge_and_unload) and use the merged folder";

  /**
   * What changes the computation and is not computed here; harmless when empty or false. {@code
   * fan_in_fan_out} is not among them: PEFT itself sets it to what the layer needs.
   */
  private static final List<String> UNSUPPORTED =
      List.of(
          "use_qalora",
          "use_bdlora",
          "lora_bias",
          "trainable_token_indices",
          "layer_replication",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "monteclora_config",
          "velora_config",
          "megatron_config");

  private PeftConfig() {}

  static LoraSpec read(Path file, ModelConfig config) {
    JsonFields json = JsonFields.read(file);
    if (!json.text("peft_type").equals("LORA")) {
      throw json.wrong("peft_type", "LORA (the only supported kind of adapter)");
    }
    for (String key : UNSUPPORTED) {
      if (!json.isEmpty(key)) {
        throw json.wrong(key, "nothing: this feature is not computed here; " + CURE);
      }
    }
    if (!List.of("none", "all", "lora_only").contains(json.text("bias", "none"))) {
      throw json.wrong("bias", "none, all or lora_only");
    }
    checkInit(json);
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    if (!json.isEmpty("rank_pattern")) {
      JsonFields pattern = json.object("rank_pattern");
      pattern.keys().forEach(key -> ranks.put(checked(pattern, key), pattern.positive(key)));
    }
    if (!json.isEmpty("alpha_pattern")) {
      JsonFields pattern = json.object("alpha_pattern");
      pattern.keys().forEach(key -> alphas.put(checked(pattern, key), pattern.number(key)));
    }
    return spec(json, PeftTargets.read(json, config), ranks, alphas);
  }

  private static LoraSpec spec(
      JsonFields json,
      List<String> targets,
      Map<String, Integer> ranks,
      Map<String, Double> alphas) {
    try {
      return new LoraSpec(
          json.positive("r"),
          json.number("lora_alpha"),
          targets,
          json.flag("use_rslora", false),
          layers(json),
          ranks,
          alphas,
          json.isEmpty("lora_dropout") ? 0 : json.number("lora_dropout"),
          json.flag("use_dora", false));
    } catch (IllegalArgumentException e) {
      throw new UserInputException(json.file() + ": " + e.getMessage() + ".", e);
    }
  }

  private static List<Integer> layers(JsonFields json) {
    List<Integer> layers = json.integers("layers_to_transform");
    if (!layers.isEmpty() && !json.isEmpty("layers_pattern")) {
      List<String> patterns =
          json.isList("layers_pattern")
              ? json.texts("layers_pattern")
              : List.of(json.text("layers_pattern"));
      if (!patterns.contains("layers")) {
        throw json.wrong("layers_pattern", "layers, the name of the list of layers in this model");
      }
    }
    return layers;
  }

  private static void checkInit(JsonFields json) {
    if (json.has("init_lora_weights") && !json.isFlag("init_lora_weights")) {
      String init = json.text("init_lora_weights");
      if (!PLAIN_INITS.contains(init)) {
        throw json.wrong(
            "init_lora_weights",
            "true, false or one of "
                + PLAIN_INITS
                + ": other methods change the base weights; convert the adapter to plain LoRA");
      }
    }
  }

  private static String checked(JsonFields json, String pattern) {
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw json.wrong(pattern, "a regular expression as key");
    }
    return pattern;
  }

  /** A configuration that Python PEFT and vLLM accept. */
  static String write(AdapterLayout layout, String baseModel) {
    LoraSpec spec = layout.spec();
    ObjectNode json = JSON.createObjectNode();
    ObjectNode alphas = json.putObject("alpha_pattern");
    spec.alphaPattern().forEach((key, alpha) -> putNumber(alphas, key, alpha));
    json.putNull("auto_mapping");
    json.put("base_model_name_or_path", baseModel);
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.putNull("layers_pattern");
    if (spec.layers().isEmpty()) {
      json.putNull("layers_to_transform");
    } else {
      spec.layers().forEach(json.putArray("layers_to_transform")::add);
    }
    putNumber(json, "lora_alpha", spec.alpha());
    json.put("lora_dropout", spec.dropout());
    json.putNull("modules_to_save");
    json.put("peft_type", "LORA");
    json.put("r", spec.rank());
    ObjectNode ranks = json.putObject("rank_pattern");
    spec.rankPattern().forEach(ranks::put);
    json.putNull("revision");
    Predicate<String> parameter =
        target ->
            layout.slots().stream().anyMatch(s -> s.projection().ofExperts() && s.isCalled(target));
    ArrayNode modules = json.putArray("target_modules");
    spec.targets().stream().filter(parameter.negate()).forEach(modules::add);
    if (spec.targets().stream().anyMatch(parameter)) {
      ArrayNode parameters = json.putArray("target_parameters");
      spec.targets().stream().filter(parameter).forEach(parameters::add);
    }
    json.put("task_type", "CAUSAL_LM");
    json.put("use_dora", spec.dora());
    json.put("use_rslora", spec.rankStabilised());
    return json.toPrettyString() + "\n";
  }

  private static void putNumber(ObjectNode node, String key, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      node.put(key, (int) value); // what the Python side expects to find
    } else {
      node.put(key, value);
    }
  }
}
