package dev.reticent.run;

import dev.reticent.privacy.Decisions;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.ModelSettings;
import java.nio.file.Path;
import java.util.Optional;

/** The README.md of a run, as a model hub shows it; its metadata are those that hubs read. */
final class ModelCard {

  private static final String ADAPTER =
      """
      A LoRA adapter in PEFT's format for the base model above, which is not in this folder:
      `PeftModel.from_pretrained(base, FOLDER)` in Python, or

          ./reticent sample configs/sample.yaml checkpoint_path=FOLDER
          ./reticent serve configs/serve.yaml adapters_root=ROOT adapters=[FOLDER]

      `config.yaml` has all settings of the run.\
      """;
  private static final String WHOLE =
      """
      A whole model in the format of transformers:
      `AutoModelForCausalLM.from_pretrained(FOLDER)` in Python, or `model_dir: FOLDER` in a config of
      Reticent.

      `config.yaml` has all settings of the run.\
      """;

  private ModelCard() {}

  static String of(FinetuneConfig config, Path model, PrivacyMode.Statement statement) {
    boolean adapter = config.lora().isPresent();
    String base = base(config.model(), model);
    Optional<Decisions> decisions = statement.decisions();
    return """
    ---
    library_name: %s
    base_model: %s
    tags:
      - reticent
    %s---

    # %s, fine-tuned with Reticent

    %s```
    %s
    ```
    %s
    ## Using it

    %s
    """
        .formatted(
            adapter ? "peft" : "transformers",
            base,
            decisions.isPresent() ? "  - differential-privacy\n" : "",
            base,
            decisions.map(ModelCard::headline).orElse(""),
            statement.text().stripTrailing(),
            decisions.isPresent() ? machines() : "",
            adapter ? ADAPTER : WHOLE);
  }

  /** The name by which people know the base model. */
  private static String base(ModelSettings settings, Path folder) {
    return settings.embedded() ? ModelSettings.EMBEDDED : folder.getFileName().toString();
  }

  private static String headline(Decisions decisions) {
    return """
    **%s**

    ![What the best test can do](%s)

    """
        .formatted(decisions.sentence(), RunFile.TRADE_OFF.place());
  }

  private static String machines() {
    return """

    For machines: `%s`, `%s`; `./reticent privacy verify` checks this folder.
    """
        .formatted(RunFile.STATEMENT.place(), RunFile.LABEL.place());
  }
}
