package dev.reticent.settings;

import java.util.List;

/** The adapter of a run, in code; {@link LoraSettings} is what comes of it. */
public final class LoraBuilder extends SectionBuilder<LoraBuilder> {

  LoraBuilder(SectionBuilder<?> config) {
    super(config, "lora.");
  }

  /** {@code lora.lora_attn_modules}: the attention's modules that are adapted. */
  public LoraBuilder attention(List<String> modules) {
    return set("lora_attn_modules", modules);
  }

  /** {@code lora.apply_lora_to_mlp}: whether the MLP's matrices are adapted. */
  public LoraBuilder mlp(boolean on) {
    return set("apply_lora_to_mlp", on);
  }

  /** {@code lora.apply_lora_to_output}: whether the output head is adapted. */
  public LoraBuilder output(boolean on) {
    return set("apply_lora_to_output", on);
  }

  /** {@code lora.lora_rank}: r, the rank of each adapter. */
  public LoraBuilder rank(int rank) {
    return set("lora_rank", rank);
  }

  /** {@code lora.lora_alpha}: α; an adapter counts α/r times. */
  public LoraBuilder alpha(double alpha) {
    return set("lora_alpha", alpha);
  }

  /** {@code lora.use_dora}: whether each row of an adapted matrix gets a trained magnitude. */
  public LoraBuilder dora(boolean on) {
    return set("use_dora", on);
  }

  /** {@code lora.freeze_a}: whether A stays as it begins and only B is trained. */
  public LoraBuilder freezeA(boolean on) {
    return set("freeze_a", on);
  }

  /** {@code lora.lora_dropout}: the share of an adapter's inputs left out in training. */
  public LoraBuilder dropout(double share) {
    return set("lora_dropout", share);
  }
}
