package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.recipe.RowSampler;
import dev.reticent.run.RowAnswer;
import dev.reticent.sampling.FinishReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
          answered = Held.here().answer(settings, some).iterator();
        }
        return answered.next();
      }
    };
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

  /** The model that an executor answers with on some devices; tasks for the same take turns. */
  private static final class Held {
    private static final Map<List<String>, Held> ON_DEVICES = new ConcurrentHashMap<>();

    private final List<String> devices;
    private String settings = "";
    private @Nullable RowSampler sampler;

    private Held(List<String> devices) {
      this.devices = devices;
    }

    /** The one on the devices that Spark gave to this task. */
    static Held here() {
      return ON_DEVICES.computeIfAbsent(ExecutorModel.devices(), Held::new);
    }

    synchronized List<Row> answer(String ofRun, List<String> rows) {
      RowSampler held = sampler;
      if (held == null || !settings.equals(ofRun)) {
        if (held != null) {
          held.close();
        }
        held =
            RowSampler.open(
                Config.parse("the settings of sampling", ofRun).with("devices", devices));
        sampler = held;
        settings = ofRun;
      }
      return held.answer(rows).stream().map(AnswerRows::row).toList();
    }
  }
}
