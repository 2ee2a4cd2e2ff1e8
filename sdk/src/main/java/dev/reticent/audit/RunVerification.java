package dev.reticent.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be checked of a run's folder by whoever was handed it.
 *
 * @param run the folder
 * @param checks in the order in which they were made
 */
public record RunVerification(Path run, List<Check> checks) {

  /** How a check ended. */
  public enum Outcome {
    HOLDS,
    FAILS,
    /** What it needs is not there. */
    NOT_CHECKED
  }

  /**
   * One check.
   *
   * @param name what was looked at
   * @param detail what was found, in words
   */
  public record Check(String name, Outcome outcome, String detail) {}

  public RunVerification {
    checks = List.copyOf(checks);
  }

  /**
   * Checks a run.
   *
   * @param publicKey an Ed25519 key in PEM that the run must be signed with
   * @throws UserInputException when the folder is not a private run
   */
  public static RunVerification of(Path run, Optional<Path> publicKey) {
    if (!Files.isRegularFile(run.resolve("ledger.jsonl"))) {
      throw new UserInputException(
          run + ": there is no ledger.jsonl here; give the folder of a private run.");
    }
    return new RunVerification(run, new RunChecks(new RunFolder(run), publicKey).all());
  }

  /** Whether nothing is wrong. */
  public boolean holds() {
    return checks.stream().noneMatch(check -> check.outcome() == Outcome.FAILS);
  }

  /** A page of text. */
  public String toText() {
    StringBuilder out = new StringBuilder();
    for (Check check : checks) {
      String word =
          switch (check.outcome()) {
            case HOLDS -> "ok";
            case FAILS -> "WRONG";
            case NOT_CHECKED -> "-";
          };
      out.append(String.format(Locale.ROOT, "%-6s %-10s %s%n", word, check.name(), check.detail()));
    }
    return out.append(holds() ? "The run holds.\n" : "The run does NOT hold.\n").toString();
  }

  /** What was found, as data. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", run.toString()).put("holds", holds());
    for (Check check : checks) {
      json.withArray("checks")
          .addObject()
          .put("name", check.name())
          .put("outcome", check.outcome().name().toLowerCase(Locale.ROOT))
          .put("detail", check.detail());
    }
    return json;
  }
}
