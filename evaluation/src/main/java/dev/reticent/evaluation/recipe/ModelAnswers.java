package dev.reticent.evaluation.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import dev.reticent.evaluation.report.Question;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.run.RowAnswer;
import dev.reticent.sampling.FinishReason;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One model's answers.
 *
 * @param texts one for each question
 * @param human a person's grades of them, where given
 * @param heldOutLoss of the right answers, where it was asked for and the model was there
 */
record ModelAnswers(
    ModelSource source, List<String> texts, List<OptionalInt> human, OptionalDouble heldOutLoss) {
  private static final int EMBEDDED = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The rows of an evaluation. */
  static List<Question> questions(DataSettings data, Tables tables) {
    List<Question> questions =
        data.table()
            .map(table -> inOrder(of(RowTable.read(table, tables.rows(table)), data), table))
            .or(() -> data.file().map(file -> of(RowTable.read(file), data)))
            .orElseGet(ModelAnswers::embedded);
    return data.limit() == 0
        ? questions
        : questions.subList(0, Math.min(data.limit(), questions.size()));
  }

  private static List<Question> embedded() {
    List<Question> questions = new ArrayList<>();
    for (QuickstartQuestions.Row row : QuickstartQuestions.heldOut(EMBEDDED)) {
      String id = "" + (questions.size() + 1);
      questions.add(new Question(id, row.question(), row.answer(), false));
    }
    return questions;
  }

  /**
   * Rows of a table have no order, so they are put into that of their ids: by number if all are
   * whole numbers, else by their letters.
   */
  private static List<Question> inOrder(List<Question> questions, String table) {
    Set<String> ids = new HashSet<>();
    for (Question question : questions) {
      if (!ids.add(question.id())) {
        throw new UserInputException(
            "dataset.id_field: two rows of %s have the id %s; name a column whose values differ."
                .formatted(table, question.id()));
      }
    }
    Comparator<String> order =
        ids.stream().allMatch(id -> id.matches("-?\\d+"))
            ? Comparator.comparing(BigInteger::new)
            : Comparator.naturalOrder();
    return questions.stream().sorted(Comparator.comparing(Question::id, order)).toList();
  }

  private static List<Question> of(RowTable table, DataSettings data) {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < table.size(); i++) {
      JsonNode row = table.row(i);
      String number = "" + (i + 1);
      boolean isPrivate =
          data.privateField()
              .map(row::path)
              .filter(node -> !node.isMissingNode() && !node.isNull())
              .map(node -> node.asBoolean(true))
              .orElse(data.evaluation() == EvaluationData.PRIVATE);
      questions.add(
          new Question(
              data.idField().map(field -> row.path(field).asText(number)).orElse(number),
              table.text(i, data.questionField()),
              row.path(data.answerField()).asText(""),
              isPrivate));
    }
    table.raise();
    return questions;
  }

  /** Asks a model, and keeps what it said in a file. */
  static ModelAnswers asked(
      ModelSource source,
      Config sampling,
      Site site,
      LoadedOnce models,
      List<Question> questions,
      EvaluateConfig config,
      EvaluationListener listener)
      throws IOException {
    List<String> rows = questions.stream().map(ModelAnswers::row).toList();
    List<RowAnswer> answers =
        site.answers(
            sampling, rows, models, done -> listener.progress(source.name(), done, rows.size()));
    refuseFailed(answers);
    List<String> texts = answers.stream().map(answer -> answer.text().strip()).toList();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      lines
          .append(
              JSON.createObjectNode()
                  .put("question", questions.get(i).text())
                  .put("prediction", texts.get(i)))
          .append('\n');
    }
    Path folder = Files.createDirectories(config.savingDir().resolve(source.kind().key()));
    Files.writeString(folder.resolve("predictions.jsonl"), lines);
    List<OptionalInt> human = texts.stream().map(text -> OptionalInt.empty()).toList();
    return new ModelAnswers(source, texts, human, OptionalDouble.empty());
  }

  private static String row(Question question) {
    return JSON.createObjectNode()
        .put("id", question.id())
        .put("question", question.text())
        .toString();
  }

  /** An answer that failed must not look like an empty one. */
  private static void refuseFailed(List<RowAnswer> answers) {
    List<RowAnswer> failed =
        answers.stream().filter(answer -> answer.finish() == FinishReason.ERROR).toList();
    if (!failed.isEmpty()) {
      throw new UserInputException(
          "%d of %d questions could not be answered, first that with id %s. %s"
              .formatted(failed.size(), answers.size(), failed.get(0).id(), failed.get(0).error()));
    }
  }

  /** With the loss of the right answers. */
  ModelAnswers withLoss(Config sampling, Site site, LoadedOnce models, List<Question> known) {
    double loss =
        site.loss(
            sampling,
            known.stream().map(Question::text).toList(),
            known.stream().map(Question::target).toList(),
            models);
    return new ModelAnswers(source, texts, human, OptionalDouble.of(loss));
  }

  /** Reads a model's answers. */
  static ModelAnswers read(ModelSource source, List<Question> questions) {
    Path file = source.predictions().orElseThrow();
    RowTable table = RowTable.read(file);
    if (table.size() < questions.size()) {
      throw new UserInputException(
          "%s has %d rows for %d questions; it must have a row for each, in their order."
              .formatted(file, table.size(), questions.size()));
    }
    List<String> texts = new ArrayList<>();
    List<OptionalInt> human = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      JsonNode row = table.row(i);
      String asked = questions.get(i).text();
      for (String field : List.of("question", "prompt")) {
        if (row.has(field) && !row.path(field).asText().equals(asked)) {
          throw new UserInputException(
              "%s, row %d answers '%s' where the data asks '%s': give the rows in one order."
                  .formatted(file, i + 1, row.path(field).asText(), asked));
        }
      }
      texts.add(table.text(i, source.predictionField()));
      JsonNode grade = source.humanField().map(row::path).orElse(row.path("\u0000"));
      human.add(grade.isNumber() ? OptionalInt.of(grade.asInt()) : OptionalInt.empty());
    }
    table.raise();
    return new ModelAnswers(source, texts, human, OptionalDouble.empty());
  }
}
