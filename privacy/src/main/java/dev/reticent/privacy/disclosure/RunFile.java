package dev.reticent.privacy.disclosure;

import static dev.reticent.privacy.disclosure.Disclosure.LOCAL_ONLY;
import static dev.reticent.privacy.disclosure.Disclosure.PUBLIC_SETTING;
import static dev.reticent.privacy.disclosure.Disclosure.RELEASED;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The files of a run's folder. In a pattern {@code *} stands for any characters within a name,
 * {@code **} for any files below.
 */
public enum RunFile implements Disclosed {
  ADAPTER("adapter_model.safetensors", RELEASED, "The trained adapter, after noise"),
  WEIGHTS("model*.safetensors", RELEASED, "All weights, where all were trained, after noise"),
  LEDGER("ledger.jsonl", RELEASED, "What each step spent: a function of q, σ, C and the steps"),
  STATEMENT("privacy.json", RELEASED, "The statement for machines, with the adapter's digest"),
  STATEMENT_TEXT("privacy.txt", RELEASED, "The statement in words"),
  LABEL(
      "privacy-label.json",
      RELEASED,
      "Answers to the questions of NIST SP 800-226, each with where it comes from"),
  TRADE_OFF(
      "trade-off.svg", RELEASED, "What the best test can do: a function of q, σ and the steps"),
  CARD("README.md", RELEASED, "The model card: what the adapter is and what is promised of it"),
  AUDIT("audit.json", RELEASED, "What canaries tell of what was released"),
  AUDIT_PICTURE("audit.svg", RELEASED, "The canaries' test beside what the best one can do"),
  SEAL("seal.json", RELEASED, "Digests of the files here under the run's secret"),
  SIGNATURE("seal.sig", RELEASED, "An Ed25519 signature of the seal"),
  CHECKPOINT_STATE(
      "checkpoints/step-*/state.safetensors",
      RELEASED,
      "Trained values and the optimizer's moments, computed from noised sums alone"),
  CHECKPOINT_JSON(
      "checkpoints/step-*/state.json",
      RELEASED,
      "The ledger's line, the clipping threshold, counters; no batch, no generator"),
  CHECKPOINT_MANIFEST("checkpoints/step-*/manifest.json", RELEASED, "Sizes and digests of these"),
  TENSORBOARD(
      "tensorboard/*/events.out.tfevents.*",
      RELEASED,
      "The release run: tags below, wall times made up from the step"),
  CONFIG("config.yaml", PUBLIC_SETTING, "The settings, every default filled in"),
  PROVENANCE("provenance.json", PUBLIC_SETTING, "Versions, machine, the day it began"),
  ADAPTER_CONFIG("adapter_config.json", PUBLIC_SETTING, "The adapter's shape"),
  MODEL_INDEX("model.safetensors.index.json", PUBLIC_SETTING, "Which weights are in which file"),
  MODEL_CONFIG("config.json", PUBLIC_SETTING, "The base model's shape"),
  GENERATION_CONFIG("generation_config.json", OfBase.DEFAULTS),
  TOKENIZER("tokenizer.json", OfBase.TOKENIZER),
  TEKKEN("tekken.json", OfBase.TOKENIZER),
  TOKENIZER_MODEL("tokenizer.model", OfBase.TOKENIZER),
  TOKENIZER_CONFIG("tokenizer_config.json", OfBase.TOKENIZER),
  VOCABULARY("vocab.json", OfBase.TOKENIZER),
  MERGES("merges.txt", OfBase.TOKENIZER),
  ADDED_TOKENS("added_tokens.json", OfBase.TOKENIZER),
  SPECIAL_TOKENS("special_tokens_map.json", OfBase.TOKENIZER),
  CHAT_TEMPLATE("chat_template.jinja", OfBase.CHAT_TEMPLATE),
  CHAT_TEMPLATE_JSON("chat_template.json", OfBase.CHAT_TEMPLATE),
  PROCESSOR("processor_config.json", OfBase.OTHER_INPUT),
  PREPROCESSOR("preprocessor_config.json", OfBase.OTHER_INPUT),
  VIDEO_PREPROCESSOR("video_preprocessor_config.json", OfBase.OTHER_INPUT),
  LICENCE("LICENSE*", OfBase.TERMS),
  NOTICE("NOTICE*", OfBase.TERMS),
  USE_POLICY("USE_POLICY*", OfBase.TERMS),
  LOCAL_SECRET("local/secret.key", LOCAL_ONLY, "The key of the seal and of the data's key"),
  LOCAL_DATA_KEY("local/data.key", LOCAL_ONLY, "What the rows are recognised by: their HMAC"),
  LOCAL_CANARIES(
      "local/canaries.json", LOCAL_ONLY, "The secret that an audited run's canaries follow from"),
  LOCAL_GRADIENTS(
      "local/gradients/**",
      LOCAL_ONLY,
      "The gradients that an audited run released, for the white box"),
  LOCAL_TENSORBOARD(
      "local/tensorboard/**", LOCAL_ONLY, "The local run: loss, batch sizes, clipped share, speed"),
  LOCAL_PROVENANCE(
      "local/provenance.json", LOCAL_ONLY, "Which state of which tables was trained on"),
  LOCAL_DATA("local/data/**", LOCAL_ONLY, "The embedded questions, when they are trained on"),
  LOCAL("local/**", LOCAL_ONLY, "Whatever else is computed from the rows");

  @SuppressWarnings("ImmutableEnumChecker") // a record of texts
  private final Entry entry;

  private final Pattern pattern;

  private final boolean ofBase;

  RunFile(String place, Disclosure disclosure, String what) {
    this(place, new Entry(place, disclosure, what), false);
  }

  RunFile(String place, OfBase what) {
    this(place, new Entry(place, PUBLIC_SETTING, what.inWords), true);
  }

  RunFile(String place, Entry entry, boolean ofBase) {
    this.entry = entry;
    this.ofBase = ofBase;
    this.pattern =
        Pattern.compile(Pattern.quote(place).replace("**", "\\E.+\\Q").replace("*", "\\E[^/]*\\Q"));
  }

  /** What comes with a base model beside its weights and their shape, and goes on as it is. */
  private enum OfBase {
    DEFAULTS("The base model's defaults"),
    TOKENIZER("The base model's tokenizer"),
    CHAT_TEMPLATE("The base model's chat template"),
    OTHER_INPUT("How the base model reads what is not text"),
    TERMS("The base model's terms");

    private final String inWords;

    OfBase(String inWords) {
      this.inWords = inWords;
    }
  }

  @Override
  public Entry entry() {
    return entry;
  }

  /** Whether it is a copy of what came with the base model. */
  public boolean ofBase() {
    return ofBase;
  }

  /**
   * The entry of a file; empty when the catalogue has none.
   *
   * @param name relative to the run's folder, with slashes
   */
  public static Optional<RunFile> of(String name) {
    return Arrays.stream(values()).filter(file -> file.pattern.matcher(name).matches()).findFirst();
  }
}
