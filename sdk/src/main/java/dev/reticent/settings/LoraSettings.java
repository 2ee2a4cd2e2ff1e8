package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.Section;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.lora.TrainedPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which weights get an adapter: of attention by name, of the MLP and of the output all or none. */
public record LoraSettings(
    List<String> attentionModules,
    boolean mlp,
    boolean output,
    int rank,
    double alpha,
    double dropout,
    boolean dora,
    boolean freezeA) {

  @Internal
  public LoraSettings {
    attentionModules = List.copyOf(attentionModules);
  }

  static LoraSettings read(Section section) {
    LoraSettings settings =
        new LoraSettings(
            section
                .choices("lora_attn_modules", attentionNames())
                .describedAs("The attention matrices to adapt; `output_proj` and `o_proj` are one.")
                .orElse(List.of("q_proj", "v_proj")),
            section
                .flag("apply_lora_to_mlp")
                .describedAs(
                    "Whether the MLP's gate, up and down matrices are adapted too, those of all"
                        + " experts in a mixture.")
                .orElse(false),
            section
                .flag("apply_lora_to_output")
                .describedAs("Whether the output head (lm_head) is adapted too.")
                .orElse(false),
            section
                .integer("lora_rank")
                .atLeast(1)
                .describedAs("r, the rank of each adapter.")
                .orElse(16),
            section
                .number("lora_alpha")
                .above(0.0)
                .describedAs("α; an adapter counts α/r times.")
                .orElse(32.0),
            section
                .number("lora_dropout")
                .atLeast(0.0)
                .below(1.0)
                .describedAs(
                    "The share of an adapter's inputs that is left out in training steps; which"
                        + " ones follows from `seed`, step and row.")
                .orElse(0.0),
            section
                .flag("use_dora")
                .describedAs(
                    "Whether each row of an adapted matrix gets a trained magnitude (DoRA).")
                .orElse(false),
            section
                .flag("freeze_a")
                .describedAs(
                    """
                    Whether A of each adapter stays as it begins and only B is trained (FFA-LoRA):
                    half as many values get noise, and it enters the matrix linearly.\
                    """)
                .orElse(false));
    section.check(
        !settings.dora || settings.dropout == 0,
        "above 0 with use_dora: true, where dropout is not computed; set it to 0",
        "lora_dropout");
    section.check(
        !settings.attentionModules.isEmpty() || settings.mlp || settings.output,
        "empty, and apply_lora_to_mlp and apply_lora_to_output are false: nothing would be trained",
        "lora_attn_modules",
        "apply_lora_to_mlp",
        "apply_lora_to_output");
    return settings;
  }

  private static Map<String, String> attentionNames() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
      names.put(name, name);
    }
    names.put("output_proj", "o_proj");
    return names;
  }

  /** What is trained of the adapters for a model. */
  @Internal
  public TrainedPart trained(ModelConfig config) {
    return new TrainedPart(AdapterLayout.of(config, spec(config)), freezeA);
  }

  /**
   * The adapters for a model. In a model that fuses q, k and v (or gate and up) one adapter of the
   * fused matrix takes the place of theirs; so do all maps of a layer with the delta rule, and in
   * latent attention the two maps of queries, and the two of keys and values.
   */
  public LoraSpec spec(ModelConfig config) {
    List<String> targets = new ArrayList<>();
    for (Projection projection : Projection.of(config)) {
      boolean wanted =
          switch (projection) {
            case Q, K, V, O ->
                attentionModules.contains(projection.name().toLowerCase(Locale.ROOT) + "_proj");
            case LATENT_Q, Q_OF_LATENT -> attentionModules.contains("q_proj");
            case LATENT_KV, KV_OF_LATENT ->
                attentionModules.contains("k_proj") || attentionModules.contains("v_proj");
            case QKV, DELTA_QKVZ, DELTA_BA, DELTA_QKV, DELTA_Z, DELTA_B, DELTA_A ->
                attentionModules.stream().anyMatch(name -> !name.equals("o_proj"));
            case DELTA_O -> attentionModules.contains("o_proj");
            case GATE, UP, GATE_UP, DOWN, INPUT_GATE, INPUT_DOWN, EXPERT_GATE_UP, EXPERT_DOWN ->
                mlp;
            case ROUTER, SHARED_GATE, HEAD -> false;
          };
      if (wanted) {
        targets.add(projection.target(config));
      }
    }
    if (output) {
      targets.add(Projection.HEAD.target(config));
    }
    return LoraSpec.of(rank, alpha, targets).withDropout(dropout).withDora(dora);
  }
}
