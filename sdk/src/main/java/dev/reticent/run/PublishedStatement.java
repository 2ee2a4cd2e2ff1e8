package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The {@code privacy.json} of a finished run, as it goes on to a server or a merged model. */
public final class PublishedStatement {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs of earlier versions had a digest of their private rows there. */
  private static final String DATA_DIGEST = "data";

  private PublishedStatement() {}

  /**
   * The statement of a run; empty when the folder has none.
   *
   * @throws UserInputException when it cannot be read, or holds what must not leave
   */
  public static Optional<ObjectNode> of(Path run) {
    Path file = new RunFolder(run).file(RunFile.STATEMENT);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonNode statement;
    try {
      statement = JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (!(statement instanceof ObjectNode object)) {
      throw new UserInputException(file + ": expected a JSON object.");
    }
    if (object.has(DATA_DIGEST)) {
      throw new UserInputException(
          file
              + ": written by an earlier version, with a digest of the training rows by which one"
              + " of them can be guessed. Delete the line \""
              + DATA_DIGEST
              + "\" there, the same in ledger.jsonl and \"training_data\" in provenance.json, and"
              + " give no copy with them away.");
    }
    return Optional.of(object);
  }
}
