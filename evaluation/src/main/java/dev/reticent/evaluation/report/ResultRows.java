package dev.reticent.evaluation.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.api.Internal;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What each model said to each question and how that was graded, as results.jsonl and as rows of a
 * table.
 */
@Internal
public final class ResultRows {

  private static final String GRADE =
      " STRUCT<outcome: STRING, score: INT, spread: INT, justification: STRING, judge_model:"
          + " STRING>";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultRows() {}

  /** The columns of the table with their types, as SQL declares them. */
  public static String columns(Evaluation evaluation) {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "id STRING",
                "question STRING",
                "answer STRING",
                "private BOOLEAN",
                "model STRING",
                "prediction STRING"));
    for (Criterion criterion : evaluation.criteria()) {
      if (evaluation.models().stream().anyMatch(m -> m.grades().containsKey(criterion))) {
        columns.add(criterion.key() + GRADE);
      }
    }
    return String.join(", ", columns);
  }

  /** A JSON object for each question and model. */
  public static List<String> of(Evaluation evaluation) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < evaluation.questions().size(); i++) {
      Question question = evaluation.questions().get(i);
      for (ModelResult model : evaluation.models()) {
        ObjectNode row = JSON.createObjectNode();
        row.put("id", question.id()).put("question", question.text());
        row.put("answer", question.target()).put("private", question.isPrivate());
        row.put("model", model.key()).put("prediction", model.answers().get(i));
        for (Map.Entry<Criterion, List<Grade>> entry : model.grades().entrySet()) {
          grade(row.putObject(entry.getKey().key()), entry.getValue().get(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static void grade(ObjectNode node, Grade grade) {
    node.put("outcome", grade.outcome().key());
    grade.score().ifPresent(score -> node.put("score", score));
    node.put("spread", grade.spread()).put("justification", grade.justification());
    node.put("judge_model", grade.model());
  }
}
