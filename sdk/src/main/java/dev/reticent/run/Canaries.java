package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import dev.reticent.data.TokenizedExample;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Canaries of an audited run: questions that nobody asks, answered by random tokens, which only a
 * model that saw them can know. Contents and coins follow from a secret number in the run's local
 * folder, so that a run that goes on has the same.
 */
final class Canaries {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ANSWER_TOKENS = 12;
  private static final String COUNT = "canaries";
  private static final String SECRET = "secret";
  private static final String STOPS = "white_box";

  private Canaries() {}

  /**
   * The data with the canaries beside the rows; the data as it is for no canaries.
   *
   * @throws UserInputException when the run in the folder has other canaries, or none
   */
  static FinetuneData among(
      FinetuneData data, AuditOptions options, BaseModel model, RunFolder folder)
      throws IOException {
    Path file = folder.file(RunFile.LOCAL_CANARIES);
    boolean begun =
        Files.exists(folder.file(RunFile.LEDGER))
            || Files.exists(folder.path().resolve("checkpoints"));
    AuditOptions there = Files.exists(file) ? read(file) : AuditOptions.NONE;
    if ((begun || there.canaries() > 0) && !there.equals(options)) {
      throw new UserInputException(
          folder.path()
              + ": the run here was begun by "
              + there.command()
              + "; go on with that, or give another saving_dir.");
    }
    if (options.canaries() == 0) {
      return data;
    }
    if (there.canaries() == 0) {
      String json =
          JSON.createObjectNode()
              .put(COUNT, options.canaries())
              .put(STOPS, options.stops())
              .put(SECRET, new SecureRandom().nextLong())
              .toPrettyString();
      folder.write(RunFile.LOCAL_CANARIES, json + "\n");
    }
    JsonNode secret = JSON.readTree(file.toFile()).path(SECRET);
    return data.with(made(options.canaries(), new SplittableRandom(secret.asLong()), model));
  }

  private static AuditOptions read(Path file) throws IOException {
    JsonNode there = JSON.readTree(file.toFile());
    return new AuditOptions(there.path(COUNT).asInt(), there.path(STOPS).asInt());
  }

  private static List<Canary> made(int count, SplittableRandom random, BaseModel model) {
    int vocabulary = model.config().vocabSize();
    List<Canary> canaries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = model.format().prompt(List.of(Message.user("Canary " + i + "?")));
      int[] ids = Arrays.copyOf(prompt, prompt.length + ANSWER_TOKENS);
      boolean[] mask = new boolean[ids.length];
      for (int t = prompt.length; t < ids.length; t++) {
        ids[t] = random.nextInt(vocabulary);
        mask[t] = true;
      }
      TokenizedExample example = new TokenizedExample(ids, mask, "canary " + i);
      canaries.add(new Canary(example, random.nextBoolean()));
    }
    return canaries;
  }
}
