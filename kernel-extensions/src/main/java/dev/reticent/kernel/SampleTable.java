package dev.reticent.kernel;

import dev.reticent.recipe.SampleRecipe;
import java.util.List;

/** Prompts and their answers, shown as a table. */
public record SampleTable(List<SampleRecipe.Answer> answers) {

  public SampleTable {
    answers = List.copyOf(answers);
  }

  /** The texts of the answers, in the order of the prompts. */
  public List<String> texts() {
    return answers.stream().map(answer -> answer.generation().text().strip()).toList();
  }

  /** The table. */
  public Display display() {
    return Views.answers(answers);
  }
}
