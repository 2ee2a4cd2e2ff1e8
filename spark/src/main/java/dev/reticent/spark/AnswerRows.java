package dev.reticent.spark;

import dev.reticent.recipe.RowSampler;
import dev.reticent.run.RowAnswer;
import dev.reticent.sampling.FinishReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Answers the rows of a partition, some hundreds at a time. */
final class AnswerRows implements FlatMapFunction<Iterator<String>, Row> {

  private static final long serialVersionUID = 1L;
  private static final int AT_A_TIME = 256;

  /** Of the executor in which a task runs. */
  private static final HeldModels<RowSampler> SAMPLERS =
      new HeldModels<>("the settings of sampling", RowSampler::open, RowSampler::close);

  private final String settings;

  /**
   * @param settings of sampling, as YAML
   */
  AnswerRows(String settings) {
    this.settings = settings;
  }

  @Override
  public Iterator<Row> call(Iterator<String> rows) {
    return new Iterator<>() {
      private Iterator<Row> answered = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return answered.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!answered.hasNext()) {
          List<String> some = new ArrayList<>();
          while (some.size() < AT_A_TIME && rows.hasNext()) {
            some.add(rows.next());
          }
          answered = answers(some).iterator();
        }
        return answered.next();
      }
    };
  }

  private List<Row> answers(List<String> rows) {
    return SAMPLERS.use(
        settings, sampler -> sampler.answer(rows).stream().map(AnswerRows::row).toList());
  }

  private static Row row(RowAnswer answer) {
    return RowFactory.create(
        answer.id(),
        answer.prompt(),
        answer.text(),
        answer.tokens(),
        answer.finish().name().toLowerCase(Locale.ROOT),
        answer.error());
  }

  /** What a row says, the other way round. */
  static RowAnswer answer(Row row) {
    return new RowAnswer(
        row.getString(0),
        row.getString(1),
        row.getString(2),
        row.getInt(3),
        FinishReason.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
        row.getString(5));
  }
}
