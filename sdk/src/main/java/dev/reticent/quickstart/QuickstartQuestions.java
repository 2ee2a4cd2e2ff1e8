package dev.reticent.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Questions about an invented data platform, each answered by one command.
 *
 * <p>The answer follows from the question: which command is asked for, its arguments copied, and
 * phrases turned into values ({@code twice a day} becomes {@code 12h}, {@code without overwriting
 * anything} becomes {@code --keep}). Held-out questions name tables and jobs that no training
 * question names, so that only the rules help. Generated, and the same at every call; a longer list
 * starts with the shorter one.
 */
public final class QuickstartQuestions {
  /**
   * A question, its answer, and who asked: the unit of privacy.
   *
   * <p>A training author asked one question or a few; no author asked both training and held-out
   * questions.
   */
  public record Row(String question, String answer, String author) {}

  private static final long TRAINING_SEED = 20_240_731;
  private static final long HELD_OUT_SEED = 20_240_801;

  private QuickstartQuestions() {}

  /** The first {@code count} training rows. */
  public static List<Row> training(int count) {
    return rows(count, false);
  }

  /** The first {@code count} held-out rows. */
  public static List<Row> heldOut(int count) {
    return rows(count, true);
  }

  /** Writes rows as JSON lines with the fields question, answer and author. */
  public static void write(Path file, List<Row> rows) throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (Row row : rows) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("question", row.question());
        fields.put("answer", row.answer());
        fields.put("author", row.author());
        writer.write(json.writeValueAsString(fields));
        writer.write('\n');
      }
    }
  }

  private static List<Row> rows(int count, boolean heldOut) {
    Random random = new Random(heldOut ? HELD_OUT_SEED : TRAINING_SEED);
    List<Row> rows = new ArrayList<>(count);
    int author = 0;
    for (int i = 0; i < count; i++) {
      author += random.nextInt(5) == 0 ? 0 : 1;
      String name = (heldOut ? "guest-" : "staff-") + String.format(Locale.ROOT, "%05d", author);
      rows.add(row(random, heldOut, name));
    }
    return rows;
  }

  private static Row row(Random random, boolean heldOut, String author) {
    Asked asked = Asked.any(random, heldOut);
    return new Row(asked.question(random), asked.line(), author);
  }
}
