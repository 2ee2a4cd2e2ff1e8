package dev.reticent.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.reticent.config.UserInputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the rows of a file: a JSON array if it starts with {@code [}, else a JSON object on each
 * line. UTF-8, with or without a byte order mark, lines ending in LF or CRLF; blank lines are
 * skipped. All rows that cannot be used are reported at once.
 */
final class JsonRows {
  private static final int LISTED = 20;
  private static final int LONGEST_LINE = 64 << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(LONGEST_LINE).build())
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());
  private static final ObjectReader LINE =
      JSON.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final RowParser parser;
  private final List<Sample> samples = new ArrayList<>();
  private final List<String> digests = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int bad;

  JsonRows(Path file, RowParser parser) {
    this.file = file;
    this.parser = parser;
  }

  List<Sample> read() {
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          file
              + (Files.exists(file) ? " is not a file" : " does not exist")
              + ": give a JSON or JSONL file.");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      skipMark(in);
      if (first(in) == '[') {
        array(in);
      } else {
        lines(in);
      }
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
    if (bad > 0) {
      throw new UserInputException(report());
    }
    if (samples.isEmpty()) {
      throw new UserInputException(file + " holds no rows.");
    }
    return samples;
  }

  /** One digest for each row that was read, of all that its object says. */
  List<String> digests() {
    return digests;
  }

  private String report() {
    StringBuilder text = new StringBuilder();
    text.append(file).append(": ").append(bad).append(" of ").append(bad + samples.size());
    text.append(" rows cannot be used:");
    problems.forEach(p -> text.append("\n  ").append(p));
    if (bad > problems.size()) {
      text.append("\n  and ").append(bad - problems.size()).append(" more");
    }
    return text.append("\nMend or remove them.").toString();
  }

  private void problem(String what) {
    bad++;
    if (problems.size() < LISTED) {
      problems.add(what);
    }
  }

  private void skipMark(InputStream in) throws IOException {
    in.mark(4);
    int a = in.read();
    int b = in.read();
    int c = in.read();
    boolean marked = (a == 0xFF && b == 0xFE) || (a == 0xFE && b == 0xFF);
    if (marked || a == 0 || b == 0) {
      throw new UserInputException(file + " is UTF-16 or UTF-32: save it as UTF-8.");
    }
    if (!(a == 0xEF && b == 0xBB && c == 0xBF)) {
      in.reset();
    }
  }

  private static int first(InputStream in) throws IOException {
    int c;
    do {
      in.mark(1);
      c = in.read();
    } while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    in.reset();
    return c;
  }

  private void lines(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int number = 1;
    boolean tooLong = false;
    for (int c = in.read(); c != -1; c = in.read()) {
      if (c == '\n') {
        line(line, number++, tooLong);
        line.reset();
        tooLong = false;
      } else if (line.size() < LONGEST_LINE) {
        line.write(c);
      } else {
        tooLong = true;
      }
    }
    line(line, number, tooLong);
  }

  private void line(ByteArrayOutputStream bytes, int number, boolean tooLong) {
    String place = "line " + number + ": ";
    if (tooLong) {
      problem(place + "longer than " + (LONGEST_LINE >> 20) + " MiB");
      return;
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      problem(place + "not valid UTF-8");
      return;
    }
    if (text.isBlank()) {
      return;
    }
    try {
      row(LINE.readTree(text), number, place);
    } catch (JsonProcessingException e) {
      problem(place + "not valid JSON: " + plain(e) + column(e));
    }
  }

  private void array(InputStream in) throws IOException {
    int number = 0;
    try (JsonParser tokens = JSON.getFactory().createParser(in)) {
      tokens.nextToken();
      while (tokens.nextToken() != JsonToken.END_ARRAY) {
        number++;
        JsonNode node = tokens.readValueAsTree();
        row(node, number, "row " + number + ": ");
      }
      if (tokens.nextToken() != null) {
        problem("after the array, which ends with row " + number + ", there is more");
      }
    } catch (JsonProcessingException e) {
      problem("row " + Math.max(1, number) + ": not valid JSON: " + plain(e) + where(e));
    } catch (CharacterCodingException e) {
      problem("row " + Math.max(1, number) + ": not valid UTF-8");
    }
  }

  private void row(JsonNode node, int number, String place) {
    try {
      samples.add(parser.parse(node, number));
      digests.add(RowDigest.of(node));
    } catch (RowParser.BadRow e) {
      problem(place + e.getMessage());
    }
  }

  private static String plain(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private static String column(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
  }
}
