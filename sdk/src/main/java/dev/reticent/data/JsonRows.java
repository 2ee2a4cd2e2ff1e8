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
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.reticent.config.UserInputException;
import dev.reticent.data.RowSink.Place;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * A JSON array if the file starts with {@code [}, else a JSON object on each line. UTF-8, with or
 * without a byte order mark, lines ending in LF or CRLF; blank lines are skipped.
 */
final class JsonRows implements RowFormat {
  private static final int LONGEST_LINE = 64 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_LINE).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          // A number that is an answer keeps the digits that it is written with.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();
  private static final ObjectReader LINE =
      JSON.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** A value written as JSON in a cell of a table; a number keeps the digits it has. */
  static JsonNode cell(String text) throws JsonProcessingException {
    return LINE.readTree(text);
  }

  /** Rows that come one by one, each as an object. */
  static void each(Iterator<String> rows, RowSink sink) {
    for (int number = 1; rows.hasNext(); number++) {
      text(rows.next(), Place.row(number), sink);
    }
  }

  @Override
  public String name() {
    return "JSON";
  }

  @Override
  public boolean reads(DataFile file) {
    if (file.endsWith(".json") || file.endsWith(".jsonl") || file.endsWith(".ndjson")) {
      return true;
    }
    String text = new String(file.start(), StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
    return text.startsWith("{") || text.startsWith("[");
  }

  @Override
  public void read(DataFile file, RowSink rows) throws IOException {
    try (InputStream in = file.open()) {
      skipMark(file, in);
      if (first(in) == '[') {
        array(in, rows);
      } else {
        lines(in, rows);
      }
    }
  }

  private static void skipMark(DataFile file, InputStream in) throws IOException {
    in.mark(4);
    int a = in.read();
    int b = in.read();
    int c = in.read();
    boolean marked = (a == 0xFF && b == 0xFE) || (a == 0xFE && b == 0xFF);
    if (marked || a == 0 || b == 0) {
      throw new UserInputException(file.path() + " is UTF-16 or UTF-32: save it as UTF-8.");
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

  private static void lines(InputStream in, RowSink rows) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int number = 1;
    boolean tooLong = false;
    for (int c = in.read(); c != -1; c = in.read()) {
      if (c == '\n') {
        line(line, number++, tooLong, rows);
        line.reset();
        tooLong = false;
      } else if (line.size() < LONGEST_LINE) {
        line.write(c);
      } else {
        tooLong = true;
      }
    }
    line(line, number, tooLong, rows);
  }

  private static void line(ByteArrayOutputStream bytes, int number, boolean tooLong, RowSink rows) {
    Place place = Place.line(number);
    if (tooLong) {
      rows.unreadable(place, "longer than " + (LONGEST_LINE >> 20) + " MiB");
      return;
    }
    String text;
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
      text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      rows.unreadable(place, "not valid UTF-8");
      return;
    }
    text(text, place, rows);
  }

  private static void text(String text, Place place, RowSink rows) {
    if (text.isBlank()) {
      return;
    }
    JsonNode row;
    try {
      row = LINE.readTree(text);
    } catch (JsonProcessingException e) {
      rows.unreadable(place, JsonFault.onALine(text.strip(), e));
      return;
    }
    rows.row(place, row);
  }

  private static void array(InputStream in, RowSink rows) throws IOException {
    int number = 0;
    try (JsonParser tokens = JSON.getFactory().createParser(in)) {
      tokens.nextToken();
      while (tokens.nextToken() != JsonToken.END_ARRAY) {
        number++;
        JsonNode node = tokens.readValueAsTree();
        rows.row(Place.row(number), node);
      }
      if (tokens.nextToken() != null) {
        rows.broken(Place.row(number), "after the array, which ends here, there is more");
      }
    } catch (JsonProcessingException e) {
      rows.broken(Place.row(Math.max(1, number)), JsonFault.inAnArray(e));
    } catch (CharacterCodingException e) {
      rows.broken(Place.row(Math.max(1, number)), "not valid UTF-8");
    }
  }
}
