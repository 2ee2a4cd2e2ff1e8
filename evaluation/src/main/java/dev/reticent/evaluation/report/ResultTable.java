package dev.reticent.evaluation.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.Grade;
import java.util.List;

/**
 * One model's rows as {@code mlflow.evaluate} writes them to eval_results_table.json: pandas'
 * orient="split" without its index. The outcomes are columns of our own, at the end.
 */
final class ResultTable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultTable() {}

  /**
   * @param withPrivate whether private rows are in it
   */
  static String of(Evaluation evaluation, ModelResult model, boolean withPrivate) {
    ObjectNode table = JSON.createObjectNode();
    ArrayNode columns = table.putArray("columns").add("id").add("inputs").add("answer");
    columns.add("prediction");
    List<Criterion> criteria =
        evaluation.criteria().stream().filter(model.grades()::containsKey).toList();
    for (Criterion criterion : criteria) {
      columns.add(evaluation.metric(criterion) + "/score");
      columns.add(evaluation.metric(criterion) + "/justification");
    }
    criteria.forEach(criterion -> columns.add(evaluation.metric(criterion) + "/outcome"));
    ArrayNode data = table.putArray("data");
    for (int i = 0; i < evaluation.questions().size(); i++) {
      Question question = evaluation.questions().get(i);
      if (question.isPrivate() && !withPrivate) {
        continue;
      }
      ArrayNode row = data.addArray();
      row.add(question.id()).add(question.text()).add(question.target());
      row.add(model.answers().get(i));
      for (Criterion criterion : criteria) {
        Grade grade = model.grade(criterion, i);
        if (grade.score().isPresent()) {
          row.add(grade.score().getAsInt());
        } else {
          row.addNull();
        }
        row.add(grade.justification());
      }
      for (Criterion criterion : criteria) {
        row.add(model.grade(criterion, i).outcome().key());
      }
    }
    return table.toString();
  }
}
