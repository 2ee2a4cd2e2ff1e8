package dev.reticent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cell as it is typed, with a bar where the cursor stands. */
class CellAssistTest {

  private final CellAssist assist = new CellAssist(Magics.all());

  private Optional<CellAssist.Completion> completion(String cell) {
    int at = cell.indexOf('|');
    return assist.complete(cell.replace("|", ""), cell.codePointCount(0, at));
  }

  private List<String> words(String cell) {
    return completion(cell).map(CellAssist.Completion::words).orElse(List.of());
  }

  private String help(String cell) {
    int at = cell.indexOf('|');
    return assist
        .inspect(cell.replace("|", ""), cell.codePointCount(0, at))
        .map(Display::text)
        .orElse("");
  }

  @Test
  void namesAreCompletedAndOfTheCellsOwnKindAlone() {
    assertThat(words("%%fi|")).containsExactly("%%finetune");
    assertThat(words("%%s|")).containsExactly("%%sample", "%%selftest", "%%serve");
    assertThat(words("%t|")).containsExactly("%tensorboard");
    assertThat(words("%|")).contains("%reticent", "%%plan", "%lsmagic");
  }

  @Test
  void wordsAndKeysAreCompletedOnTheMagicsLine() {
    assertThat(words("%%finetune fr|")).containsExactly("fresh");
    assertThat(words("%%finetune fresh lora.lora_ra|")).containsExactly("lora.lora_rank=");
    assertThat(words("%%plan r|")).contains("rows=", "resume=");
    assertThat(words("%%finetune privacy.enabled=|")).containsExactly("false", "true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "found|; foundation_model_name: ",
        "privacy:\\n  target_e|; target_epsilon: ",
        "epochs: 3\\nprivacy:\\n  delta: 1e-5\\n\\n  target_e|; target_epsilon: ",
        "lora: {lora_attn_modules: [q_proj, v_proj], lora_ra|; lora_rank: ",
        "lora: {\\n  lora_ra|; lora_rank: ",
        "lora: {lora_rank: 8}\\nbatch_s|; batch_size: ",
        "# lora:\\nbatch_s|; batch_size: ",
        "privacy:\\n  enabled: f|; false",
        "privacy: {enabled: f|; false",
        "foundation_model_name: ret|; reticent-tiny",
      })
  void keysAndValuesAreThoseOfTheirPlace(String yaml, String word) {
    assertThat(words("%%finetune\n" + yaml.replace("\\n", "\n")).get(0).strip()).isEqualTo(word);
  }

  @Test
  void aSectionIsAKeyWithoutAValueBehindIt() {
    assertThat(words("%%finetune\nlor|")).containsExactly("lora:");
    assertThat(words("%%finetune\nprivacy:\n  |")).contains("target_epsilon: ", "delta: ");
    assertThat(words("%%finetune\nprivacy:\n|")).contains("batch_size: ", "privacy:");
  }

  @Test
  void eachMagicKnowsItsOwnKeys() {
    assertThat(words("%%sample\nprompt|")).contains("prompts: ");
    assertThat(words("%%finetune\nprompts|")).isEmpty();
    assertThat(words("%%serve\nadapt|")).isNotEmpty();
    assertThat(words("%%evaluate\ncrit|")).containsExactly("criteria: ");
    assertThat(Magics.all().stream().filter(Magic::isOfCell)).allMatch(m -> m.keys().size() > 10);
  }

  @Test
  void placesAreCountedInCodePoints() {
    String cell = "%%finetune\n# \uD83D\uDE00\nbatch_s";
    int at = cell.codePointCount(0, cell.length());
    CellAssist.Completion found = assist.complete(cell, at).orElseThrow();
    assertThat(found.words()).containsExactly("batch_size: ");
    assertThat(found.end() - found.start()).isEqualTo("batch_s".length());
    assertThat(found.end()).isEqualTo(at);
  }

  @Test
  void shiftTabExplainsMagicsAndKeys() {
    assertThat(help("%%fine|tune\nepochs: 3")).startsWith("%%finetune").contains("lora.lora_rank");
    assertThat(help("%%finetune\nlora: {lora_r|ank: 8}")).startsWith("lora.lora_rank");
    assertThat(help("%%finetune\nlora:\n  lora_rank: 1|6")).startsWith("lora.lora_rank");
    assertThat(help("%%finetune batch_s|ize=8\n")).startsWith("batch_size");
    assertThat(help("%ret|icent status")).startsWith("%reticent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"System.out.pr|", "int a = 7 % fi|", "%%timeit\nlor|", "|", "// %\nx.|"})
  void otherCellsAreTheKernels(String cell) {
    assertThat(completion(cell)).isEmpty();
    assertThat(help(cell)).isEmpty();
  }
}
