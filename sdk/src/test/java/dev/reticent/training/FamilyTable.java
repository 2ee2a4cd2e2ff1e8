package dev.reticent.training;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.model.Golden;
import dev.reticent.recipe.FamilyExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The table of families in docs/models.md, a line for each tiny checkpoint. {@link #main} measures
 * it anew; {@link FamilyTableTest} holds that it has all of them, and {@link FamiliesTest} and
 * FamilyExportTest hold what it says below the limits.
 */
final class FamilyTable {

  static final Path DOCS =
      Path.of(System.getProperty("basedir", "."), "..", "docs", "models.md").normalize();
  static final String BEGIN = "<!-- measured by FamilyTable -->\n";
  static final String END = "<!-- end -->\n";
  private static final String HEAD =
      """
      | checkpoint | `model_type` | logits | decoded | gradient norms | merged | in NF4 | chat template |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      """;

  /** Published templates of models of a type, by the beginnings of their files' names. */
  private static final Map<String, List<String>> TEMPLATES =
      Map.ofEntries(
          Map.entry("apertus", List.of("Apertus")),
          Map.entry("cohere", List.of("cohere", "CohereForAI-c4ai-command-r-plus")),
          Map.entry("cohere2", List.of("cohere2", "CohereForAI-c4ai-command-r7b", "tiny_aya")),
          Map.entry("deepseek_v3", List.of("deepseekv3", "deepseek-ai-DeepSeek-V3", "Kimi-K2")),
          Map.entry("gemma", List.of("gemma")),
          Map.entry("gemma2", List.of("google-gemma-2")),
          Map.entry("gemma3_text", List.of("gemma3")),
          Map.entry("gemma4_text", List.of("google-gemma-4", "gemma-4")),
          Map.entry("glm4_moe", List.of("glm4moe", "GLM-4.6")),
          Map.entry("glm4_moe_lite", List.of("GLM-4.7-Flash")),
          Map.entry("gpt_oss", List.of("gptoss", "openai-gpt-oss")),
          Map.entry("granite", List.of("ibm-granite-granite-3.3")),
          Map.entry("llama", List.of("llama3", "meta-llama-Llama-3")),
          Map.entry("ministral3", List.of("mistralai-Ministral-3")),
          Map.entry("mistral", List.of("mistralai-Mistral-Nemo", "Mistral-Small-3.2")),
          Map.entry("phimoe", List.of("microsoft-Phi-3.5", "phi3_5")),
          Map.entry("qwen2_moe", List.of("qwen2_5", "Qwen-Qwen2.5")),
          Map.entry("qwen3_moe", List.of("qwen3", "Qwen-Qwen3", "Qwen3-Coder")),
          Map.entry("qwen3_next", List.of("qwen3_instruct_2507", "qwen3_training")),
          Map.entry("qwen3_5_text", List.of("qwen3_5", "Qwen3.5", "qwen3_6")),
          Map.entry("qwen3_5_moe_text", List.of("qwen3_5", "Qwen3.5", "qwen3_6")),
          Map.entry("seed_oss", List.of("ByteDance-Seed-OSS")),
          Map.entry("smollm3", List.of("HuggingFaceTB-SmolLM3")));

  private FamilyTable() {}

  /** The lines of the table as it stands in the docs, each cut at its bars. */
  static List<List<String>> rows() throws IOException {
    String text = Files.readString(DOCS);
    String table = text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    return table
        .lines()
        .skip(HEAD.lines().count())
        .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", -1)))
        .toList();
  }

  /**
   * Of the renderings of a type's templates how many are the same text as Python's, or refused by
   * both.
   *
   * @param counts what PublicTemplatesTest left of each template: equal, refused by both, refused
   *     here by name, different
   */
  private static String templates(String type, List<String> counts) {
    int same = 0;
    int all = 0;
    for (String line : counts) {
      String[] parts = line.split("\t");
      if (TEMPLATES.getOrDefault(type, List.of()).stream().anyMatch(parts[0]::startsWith)) {
        same += Integer.parseInt(parts[1]) + Integer.parseInt(parts[2]);
        all += Integer.parseInt(parts[1]) + Integer.parseInt(parts[2]);
        all += Integer.parseInt(parts[3]) + Integer.parseInt(parts[4]);
      }
    }
    return all == 0 ? "" : same == all ? "equal (" + all + ")" : same + " of " + all;
  }

  /**
   * Measures all and writes the table, from the folder {@code sdk}.
   *
   * @param arguments the file of counts that PublicTemplatesTest left, for the last column
   */
  public static void main(String[] arguments) throws IOException {
    List<String> counts =
        arguments.length == 0 ? List.of() : Files.readAllLines(Path.of(arguments[0]));
    Map<String, Double> merged =
        new HashMap<>(FamilyExport.differences(Files.createTempDirectory("families")));
    StringBuilder table = new StringBuilder(HEAD);
    List<String> names = new ArrayList<>(Golden.families());
    for (String name : names) {
      String type = ModelConfig.read(Golden.family(name)).family().modelType();
      FamilyCheck found = FamilyCheck.of(name);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.1e | %.1e | %.1e | %.1e | %.2g | %s |%n",
              name,
              type,
              found.logits(),
              found.cache(),
              found.gradients(),
              merged.get(name),
              found.nf4(),
              templates(type, counts)));
    }
    String text = Files.readString(DOCS);
    Files.writeString(
        DOCS,
        text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
            + table
            + text.substring(text.indexOf(END)));
    System.out.print(table);
  }
}
