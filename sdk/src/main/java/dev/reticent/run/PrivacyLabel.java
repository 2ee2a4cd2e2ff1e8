package dev.reticent.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.api.Internal;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.RunFile;
import java.util.List;
import java.util.Optional;

/**
 * The {@code privacy-label.json} of a run: the questions that NIST SP 800-226 (2025) has one ask of
 * a claim of differential privacy, from its pyramid's top (ε and unit) to its foot (the data), each
 * with its answer and with where the answer comes from. Its schema is
 * docs/privacy-label.schema.json.
 *
 * <p>A function of privacy.json and of nothing else, so that whoever has a run's folder can make it
 * again.
 */
@Internal
public final class PrivacyLabel {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A question.
   *
   * @param id its name in the label
   * @param source {@code privacy.json#/FIELD}, of which the answer is the value; or {@code code:}
   *     with the class that makes the answer true
   * @param answer empty where the source has it
   */
  private record Question(String id, String question, String source, Optional<String> answer) {

    static Question field(String id, String question, String field) {
      return new Question(id, question, RunFile.STATEMENT.place() + "#/" + field, Optional.empty());
    }

    static Question code(String id, String question, String source, String answer) {
      return new Question(id, question, "code:dev.reticent." + source, Optional.of(answer));
    }
  }

  private static final List<Question> QUESTIONS =
      List.of(
          Question.code(
              "definition",
              "Which definition of privacy is met?",
              "privacy.accounting.PldAccountant",
              "(ε, δ)-differential privacy, of all that the run released together"),
          Question.field("epsilon", "How large is ε, at most?", "epsilon"),
          Question.field(
              "epsilon_is", "What does that ε bound, and by which accountant?", "epsilon_is"),
          Question.field("delta", "How large is δ?", "delta"),
          Question.field("budget", "Which ε was not to be exceeded?", "budget"),
          Question.field("in_other_words", "What is that in other words?", "in_other_words"),
          Question.field(
              "best_test_accuracy",
              "How often is any test right about one unit, at most?",
              "best_test_accuracy"),
          Question.field(
              "best_test_true_positives_at_1_percent",
              "How often is it rightly positive when it is wrongly positive in 1 %?",
              "best_test_true_positives_at_1_percent"),
          Question.field(
              "best_test_true_positives_at_0_1_percent",
              "And when it is wrongly positive in 0.1 %?",
              "best_test_true_positives_at_0_1_percent"),
          Question.field(
              "odds_factor", "By which factor can anyone's odds change, at most?", "odds_factor"),
          Question.field("unit", "What is the unit of privacy?", "unit"),
          Question.field("adjacency", "How do neighbouring data differ?", "adjacency"),
          Question.field("mechanism", "Which mechanism is used?", "mechanism"),
          Question.field("sampler", "How are units drawn?", "sampler"),
          Question.field("sampling_rate", "How likely is a unit in a step?", "sampling_rate"),
          Question.field(
              "noise_multiplier",
              "How large is the noise, over the clip norm?",
              "noise_multiplier"),
          Question.field("clip_norm", "How far can one unit move a sum?", "clip_norm"),
          Question.field("steps_charged", "How many releases are composed?", "steps_charged"),
          Question.field(
              "rounds_charged",
              "As how many independent ones are they accounted?",
              "rounds_charged"),
          Question.code(
              "randomness",
              "Where does randomness come from?",
              "privacy.RunKey",
              "AES-256 in counter mode under a key of SecureRandom that is never written"),
          Question.code(
              "arithmetic",
              "Is the noise safe from attacks on floating point?",
              "privacy.FixedPoint",
              "sums and noise are rounded to a public grid and added as whole numbers"),
          Question.code(
              "trust_model",
              "Who is trusted?",
              "privacy.disclosure.Catalogue",
              "central: who trains sees the rows; whoever gets the release need not be trusted"),
          new Question(
              "released",
              "What was released?",
              "code:dev.reticent.privacy.disclosure.RunFile",
              Optional.empty()),
          Question.code(
              "security",
              "What stays with the owner?",
              "run.RunFolder",
              "the folder local, which only its owner can read, and the rows themselves"),
          Question.code(
              "verification",
              "How can this be checked?",
              "audit.RunVerification",
              "./reticent privacy verify checks the folder, ./reticent selftest the training step"),
          Question.field("remarks", "What else is particular about this run?", "remarks"),
          Question.field("not_covered", "What is not covered?", "not_covered"),
          Question.code(
              "utility_and_bias",
              "How accurate is the result, and for whom less so?",
              "run.PrivacyLabel",
              "not assessed here: evaluate the model, groups apart"),
          Question.code(
              "data_collection",
              "Was it right to collect the data?",
              "run.PrivacyLabel",
              "not assessed here: differential privacy protects what is released, not what is"
                  + " held"));

  private PrivacyLabel() {}

  /** The label that goes with a privacy.json. */
  public static String of(String statement) {
    try {
      return of(JSON.readTree(statement)).toPrettyString() + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("privacy.json is not JSON: " + e.getMessage(), e);
    }
  }

  /** The label of a statement, as data. */
  public static ObjectNode of(JsonNode statement) {
    ObjectNode label = JSON.createObjectNode();
    label.put("label", 1).put("after", "NIST SP 800-226 (2025)");
    ObjectNode answers = label.putObject("answers");
    for (Question question : QUESTIONS) {
      ObjectNode entry = answers.putObject(question.id()).put("question", question.question());
      entry.set("answer", answer(question, statement));
      entry.put("source", question.source());
    }
    return label;
  }

  private static JsonNode answer(Question question, JsonNode statement) {
    if (question.answer().isPresent()) {
      return JSON.getNodeFactory().textNode(question.answer().get());
    }
    int field = question.source().indexOf("#/");
    return field < 0 ? released() : statement.path(question.source().substring(field + 2));
  }

  private static ArrayNode released() {
    ArrayNode files = JSON.createArrayNode();
    for (RunFile file : RunFile.values()) {
      if (file.disclosure() == Disclosure.RELEASED) {
        files.add(file.place());
      }
    }
    return files;
  }
}
