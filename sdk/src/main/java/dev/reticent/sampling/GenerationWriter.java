package dev.reticent.sampling;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Writes answers as a file that is whole or not there: {@code .jsonl} or {@code .csv}, UTF-8.
 *
 * <p>Columns: those of the caller (a question, a reference answer, …), then {@code prediction},
 * {@code finish_reason}, {@code prompt_tokens}, {@code completion_tokens}, {@code seed}, {@code
 * error}. CSV follows RFC 4180: lines end in CR LF, a field with a comma, quote or line break is
 * quoted, quotes are doubled, and the first line names the columns.
 *
 * <p>Rows go to a temporary file beside the target, which {@link #commit} renames; without it
 * {@link #close} removes the temporary file and leaves an older target alone.
 */
@Internal
public final class GenerationWriter implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OWN =
      List.of("prediction", "finish_reason", "prompt_tokens", "completion_tokens", "seed", "error");

  private final Path target;
  private final Path temporary;
  private final boolean csv;
  private final List<String> columns = new ArrayList<>();
  private final Writer writer;
  private boolean committed;

  private GenerationWriter(Path target, List<String> columns) throws IOException {
    this.target = target.toAbsolutePath();
    String name = String.valueOf(target.getFileName()).toLowerCase(Locale.ROOT);
    this.csv = name.endsWith(".csv");
    if (!csv && !name.endsWith(".jsonl")) {
      throw new UserInputException(
          target + ": answers are written as .jsonl or .csv; give a file name that ends so.");
    }
    for (String column : columns) {
      if (OWN.contains(column) || this.columns.contains(column)) {
        throw new UserInputException(
            target + ": there would be two columns named " + column + "; rename yours.");
      }
      this.columns.add(column);
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new UserInputException(target + " is not a file: give a file name.");
    }
    Files.createDirectories(folder);
    // Not createTempFile, whose files only their owner may read: the answers' file follows the
    // umask.
    this.temporary = folder.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
    // Half a surrogate pair, which JSON can spell, becomes "?": one odd prompt must not lose a
    // batch.
    this.writer =
        new BufferedWriter(
            new OutputStreamWriter(
                Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW),
                StandardCharsets.UTF_8));
  }

  /**
   * Starts a file, whose name decides the format.
   *
   * @param columns the caller's columns, in order
   * @throws UserInputException if the name ends in neither {@code .jsonl} nor {@code .csv}, or a
   *     column's name is taken
   */
  public static GenerationWriter open(Path target, List<String> columns) throws IOException {
    GenerationWriter opened = new GenerationWriter(target, columns);
    if (opened.csv) {
      List<String> header = new ArrayList<>(columns);
      header.addAll(OWN);
      opened.csvLine(header);
    }
    return opened;
  }

  /**
   * Adds one answer.
   *
   * @param values a value for each of the caller's columns
   * @throws IllegalArgumentException if a column has no value, or a value no column
   */
  public void write(Map<String, String> values, Generation generation) throws IOException {
    if (values.size() != columns.size() || !values.keySet().containsAll(columns)) {
      throw new IllegalArgumentException(
          "a row has values for " + values.keySet() + ", but the columns are " + columns);
    }
    String reason = generation.finishReason().name().toLowerCase(Locale.ROOT);
    int completion = generation.tokens().size();
    if (csv) {
      List<String> fields = new ArrayList<>();
      columns.forEach(column -> fields.add(String.valueOf(values.get(column))));
      fields.add(generation.text());
      fields.add(reason);
      fields.add(Integer.toString(generation.promptTokens()));
      fields.add(Integer.toString(completion));
      fields.add(Long.toString(generation.seed()));
      fields.add(generation.error());
      csvLine(fields);
    } else {
      ObjectNode row = JSON.createObjectNode();
      columns.forEach(column -> row.put(column, values.get(column)));
      row.put("prediction", generation.text());
      row.put("finish_reason", reason);
      row.put("prompt_tokens", generation.promptTokens());
      row.put("completion_tokens", completion);
      row.put("seed", generation.seed());
      row.put("error", generation.error());
      writer.write(JSON.writeValueAsString(row));
      writer.write('\n');
    }
  }

  private void csvLine(List<String> fields) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      if (i > 0) {
        writer.write(',');
      }
      String field = fields.get(i);
      boolean quoted = field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
      writer.write(quoted ? '"' + field.replace("\"", "\"\"") + '"' : field);
    }
    writer.write("\r\n");
  }

  /** Puts the file in its place; nothing can be written afterwards. */
  public void commit() throws IOException {
    writer.close();
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
    committed = true;
  }

  @Override
  public void close() throws IOException {
    if (!committed) {
      writer.close();
      Files.deleteIfExists(temporary);
    }
  }
}
