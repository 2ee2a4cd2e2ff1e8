package dev.reticent.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.PromptRow;
import dev.reticent.run.RowAnswer;
import dev.reticent.run.TunedModel;
import dev.reticent.settings.SampleConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Answers rows with an id, some at a time. What is drawn for a row follows from the config's seed
 * and its id alone: its answer is the same whoever answers it, beside whichever other rows.
 */
public final class RowSampler implements AutoCloseable {

  private static final String ID = "id";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SampleConfig config;
  private final SampleRecipe recipe;
  private final TunedModel model;
  private final boolean own;

  private RowSampler(Config settings, TunedModel model, boolean own) {
    this.config = SampleConfig.of(settings);
    this.recipe = SampleRecipe.of(settings);
    this.model = model;
    this.own = own;
  }

  /**
   * Loads the model and the adapter that a config of sampling says.
   *
   * @throws UserInputException when they cannot be used
   */
  public static RowSampler open(Config settings) {
    return new RowSampler(settings, TunedModel.open(settings), true);
  }

  /** The same by a model that is loaded, and is left open. */
  public static RowSampler on(TunedModel model, Config settings) {
    return new RowSampler(settings, model, false);
  }

  /**
   * Answers rows, each a JSON object with an {@code id} and a question.
   *
   * @throws UserInputException when a row has no id or asks nothing
   */
  public List<RowAnswer> answer(List<String> rows) {
    return answer(rows, answered -> {});
  }

  /**
   * As {@link #answer(List)}.
   *
   * @param answered told how many are done, whenever another one is
   */
  public List<RowAnswer> answer(List<String> rows, IntConsumer answered) {
    List<String> ids = new ArrayList<>();
    List<PromptRow> prompts = new ArrayList<>();
    for (String text : rows) {
      JsonNode row = read(text);
      JsonNode id = row.path(ID);
      if (!id.isValueNode() || id.isNull()) {
        throw new UserInputException(
            "A row has no id: give each one of its own in the column \"id\", by which its draws are"
                + " its own. The columns are "
                + names(row)
                + ".");
      }
      ids.add(id.asText());
      prompts.add(PromptRow.of(row, "row with id " + id.asText(), config.questionField()));
    }
    List<SampleRecipe.Answer> answers =
        recipe.answerRows(
            model,
            prompts,
            (request, i) -> request.withSeed(seed(config.decoding().seed(), ids.get(i)), 0),
            answered);
    List<RowAnswer> all = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      all.add(RowAnswer.of(ids.get(i), answers.get(i).prompt(), answers.get(i).generation()));
    }
    return all;
  }

  private static JsonNode read(String row) {
    try {
      return JSON.readTree(row);
    } catch (JsonProcessingException e) {
      throw new UserInputException("A row is not a JSON object: " + e.getOriginalMessage(), e);
    }
  }

  private static List<String> names(JsonNode row) {
    List<String> names = new ArrayList<>();
    row.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** 64 bits of the SHA-256 of seed and id. */
  private static long seed(long seed, String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + ":" + id).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  @Override
  public void close() {
    if (own) {
      model.close();
    }
  }
}
