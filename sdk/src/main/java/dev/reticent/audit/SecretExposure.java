package dev.reticent.audit;

import dev.reticent.config.Config;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.TunedModel;
import dev.reticent.sampling.Logprobs;
import dev.reticent.text.Message;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How much a fine-tuned model gives a secret away.
 *
 * <p>The secret is ranked, by the probability that the model gives it as an answer, among
 * candidates of the same form that were never trained on: bits = log₂(candidates) − log₂(rank),
 * with the secret one of the candidates. An unseen secret has about 1.44 bits on average, whatever
 * the number of candidates. Carlini et al., "The Secret Sharer" (2019), section 4.
 *
 * @param rank 1 when no candidate is likelier than the secret; ties count against the model
 * @param candidates the secret included
 */
public record SecretExposure(int rank, int candidates) {

  /** The exposure. */
  public double bits() {
    return (Math.log(candidates) - Math.log(rank)) / Math.log(2);
  }

  /**
   * Asks a fine-tuned model.
   *
   * @param run the run's folder
   * @param others answers of the secret's form, without the secret
   */
  public static SecretExposure of(Path run, String question, String secret, List<String> others) {
    Config config = Config.empty().with("checkpoint_path", run.toString());
    try (TunedModel model = TunedModel.open(config)) {
      return of(model, question, secret, others);
    }
  }

  /** As {@link #of(Path, String, String, List)}, of a model that is loaded. */
  public static SecretExposure of(
      TunedModel model, String question, String secret, List<String> others) {
    double score = score(model, question, secret);
    int rank = 1;
    for (String other : others) {
      if (score(model, question, other) > score) {
        rank++;
      }
    }
    return new SecretExposure(rank, others.size() + 1);
  }

  /** The natural logarithm of the probability of an answer's tokens after the question. */
  private static double score(TunedModel tuned, String question, String answer) {
    LoadedModel model = tuned.model();
    int[] prompt = model.format().prompt(List.of(Message.user(question)));
    int[] tail = model.tokenizer().encode(answer, false);
    int[] ids = Arrays.copyOf(prompt, prompt.length + tail.length);
    System.arraycopy(tail, 0, ids, prompt.length, tail.length);
    float[] logits = model.decoder().logits(ids, tuned.adapter());
    int v = logits.length / ids.length;
    double sum = 0;
    for (int t = prompt.length - 1; t < ids.length - 1; t++) {
      sum += new Logprobs(Arrays.copyOfRange(logits, t * v, (t + 1) * v)).of(ids[t + 1]);
    }
    return sum;
  }
}
