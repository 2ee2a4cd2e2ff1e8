package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.recipe.RowSampler;
import dev.reticent.run.RowAnswer;
import dev.reticent.run.TunedModel;
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
  static final int AT_A_TIME = 256;

  /** What {@link #settings} are called in messages. */
  private static final String WHAT = "the settings of sampling";

  /** Models that are asked, on the executor in which a task runs. */
  static final HeldModels<TunedModel> MODELS =
      new HeldModels<>(WHAT, TunedModel::open, TunedModel::close);

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
    return MODELS.use(
        settings,
        model -> {
          try (RowSampler sampler = RowSampler.on(model, Config.parse(WHAT, settings))) {
            return sampler.answer(rows).stream().map(AnswerRows::row).toList();
          }
        });
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
