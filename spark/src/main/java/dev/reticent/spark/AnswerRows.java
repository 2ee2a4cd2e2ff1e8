package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.recipe.RowSampler;
import dev.reticent.sampling.Generation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Answers the rows of a partition, some hundreds at a time. */
final class AnswerRows implements FlatMapFunction<Iterator<String>, Row> {

  private static final long serialVersionUID = 1L;
  private static final int AT_A_TIME = 256;

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
          answered = Held.answer(settings, some).iterator();
        }
        return answered.next();
      }
    };
  }

  /** The model that an executor answers with; partitions take turns. */
  private static final class Held {
    private static String settings = "";
    private static @Nullable RowSampler sampler;

    private Held() {}

    static synchronized List<Row> answer(String ofRun, List<String> rows) {
      RowSampler held = sampler;
      if (held == null || !settings.equals(ofRun)) {
        if (held != null) {
          held.close();
        }
        held =
            RowSampler.open(
                Config.parse("the settings of sampling", ofRun)
                    .with("devices", ExecutorModel.devices()));
        sampler = held;
        settings = ofRun;
      }
      return held.answer(rows).stream().map(Held::row).toList();
    }

    private static Row row(RowSampler.Answered answered) {
      Generation generation = answered.generation();
      return RowFactory.create(
          answered.id(),
          answered.prompt(),
          generation.text(),
          generation.tokens().size(),
          generation.finishReason().name().toLowerCase(Locale.ROOT));
    }
  }
}
