package dev.reticent.audit;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import dev.reticent.data.Dataset;
import dev.reticent.data.ExampleTokenizer;
import dev.reticent.data.Sample;
import dev.reticent.data.TokenizedData;
import dev.reticent.data.TokenizedExample;
import dev.reticent.run.TunedModel;
import dev.reticent.text.Message;
import dev.reticent.training.HeldOutLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.DoubleStream;

/** How likely a model finds the right answers; the loss that training lowers. */
public final class AnswerLoss {

  private static final int TOGETHER = 8;

  private AnswerLoss() {}

  /**
   * How many rows are in the model together. They are so on whatever machine: rows that are divided
   * between such groups have the losses of one machine.
   */
  @Internal
  public static int rowsTogether() {
    return TOGETHER;
  }

  /**
   * Mean over the questions of the answer's mean negative log-likelihood, in nats a token; exp of
   * it is the perplexity.
   *
   * @param sampling a config of sampling, which says the model
   */
  public static double of(Config sampling, List<String> questions, List<String> answers) {
    try (TunedModel model = TunedModel.open(sampling)) {
      return of(model, questions, answers);
    }
  }

  /** As {@link #of(Config, List, List)}, of a model that is loaded. */
  public static double of(TunedModel model, List<String> questions, List<String> answers) {
    return mean(each(model, 0, questions, answers));
  }

  /** The mean of losses; NaN where there are none. */
  @Internal
  public static double mean(double[] losses) {
    return Arrays.stream(losses).average().orElse(Double.NaN);
  }

  /**
   * The loss of each answer of which the model's longest context leaves something, in their order.
   *
   * @param first the number of the first question among all, for messages
   */
  @Internal
  public static double[] each(
      TunedModel model, int first, List<String> questions, List<String> answers) {
    List<Sample> rows = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      List<Message> messages =
          List.of(Message.user(questions.get(i)), Message.assistant(answers.get(i)));
      rows.add(new Sample.Conversation(messages, "row", first + i + 1));
    }
    TokenizedData data =
        new ExampleTokenizer(model.model().format(), model.decoder().config().maxPositions())
            .tokenize(new Dataset(rows));
    return groups(rows, data).stream()
        .map(group -> HeldOutLoss.each(model.decoder(), model.adapter(), group, TOGETHER))
        .flatMapToDouble(DoubleStream::of)
        .toArray();
  }

  /** Groups of rows, whatever of them was dropped. */
  private static List<List<TokenizedExample>> groups(List<Sample> rows, TokenizedData data) {
    Iterator<TokenizedExample> kept = data.examples().iterator();
    List<List<TokenizedExample>> groups = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (i % TOGETHER == 0) {
        groups.add(new ArrayList<>());
      }
      if (!data.dropped().contains(rows.get(i).line())) {
        groups.get(groups.size() - 1).add(kept.next());
      }
    }
    return groups;
  }
}
