package dev.reticent.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** metrics.json, made by src/test/python/metrics_oracle.py with the Python packages named there. */
final class Oracle {
  private Oracle() {}

  static JsonNode all() throws IOException {
    try (InputStream in = Oracle.class.getResourceAsStream("metrics.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  static Stream<JsonNode> list(String name) throws IOException {
    return StreamSupport.stream(all().get(name).spliterator(), false);
  }

  static List<String> texts(JsonNode rows, String side, int start, int end) {
    List<String> texts = new ArrayList<>();
    for (int i = start; i < end; i++) {
      texts.add(rows.get(i).get(side).textValue());
    }
    return texts;
  }

  static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}
