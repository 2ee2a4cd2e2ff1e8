package dev.reticent.audit;

import dev.reticent.config.Config;
import dev.reticent.data.Dataset;
import dev.reticent.data.ExampleTokenizer;
import dev.reticent.data.Sample;
import dev.reticent.data.TokenizedExample;
import dev.reticent.run.TunedModel;
import dev.reticent.text.Message;
import dev.reticent.training.HeldOutLoss;
import java.util.ArrayList;
import java.util.List;

/** How likely a model finds the right answers; the loss that training lowers. */
public final class AnswerLoss {

  private AnswerLoss() {}

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
    List<Sample> rows = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      List<Message> messages =
          List.of(Message.user(questions.get(i)), Message.assistant(answers.get(i)));
      rows.add(new Sample.Conversation(messages, "row", i + 1));
    }
    List<TokenizedExample> examples =
        new ExampleTokenizer(model.model().format(), model.decoder().config().maxPositions())
            .tokenize(new Dataset(rows))
            .examples();
    return HeldOutLoss.mean(model.decoder(), model.adapter(), examples, 8);
  }
}
