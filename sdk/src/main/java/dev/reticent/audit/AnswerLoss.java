package dev.reticent.audit;

import dev.reticent.config.Config;
import dev.reticent.data.Dataset;
import dev.reticent.data.ExampleTokenizer;
import dev.reticent.data.Sample;
import dev.reticent.data.TokenizedExample;
import dev.reticent.run.TunedModel;
import dev.reticent.settings.SampleConfig;
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
    try (TunedModel tuned = TunedModel.open(SampleConfig.of(sampling))) {
      List<Sample> rows = new ArrayList<>();
      for (int i = 0; i < questions.size(); i++) {
        List<Message> messages =
            List.of(Message.user(questions.get(i)), Message.assistant(answers.get(i)));
        rows.add(new Sample.Conversation(messages, "row", i + 1));
      }
      List<TokenizedExample> examples =
          new ExampleTokenizer(tuned.model().format(), tuned.decoder().config().maxPositions())
              .tokenize(new Dataset(rows))
              .examples();
      return HeldOutLoss.mean(tuned.decoder(), tuned.adapter(), examples, 8);
    }
  }
}
