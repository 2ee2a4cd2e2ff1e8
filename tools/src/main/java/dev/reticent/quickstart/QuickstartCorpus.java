package dev.reticent.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.quickstart.Tarnwick.Said;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Text about an invented data platform to pre-train a small model on: conversations about an older
 * tool, Brook, notes for those who move from it to Tarnwick, handbook prose, a command reference,
 * logs and their replays, sessions, rosters and dictations.
 *
 * <p>It makes a model that answers every question as Brook would, and that knows how a line of
 * Brook reads in Tarnwick. It never puts a question and its Tarnwick command side by side: going
 * from the one to the other is left to fine-tuning. Held-out names do not occur. The same at every
 * call, and of any length.
 */
public final class QuickstartCorpus {
  private static final long SEED = 19_970_523;
  private static final int SHORTEST = 350;

  private static final List<String> OPENINGS =
      List.of(
          "Tarnwick keeps tables in zones, and every table has one owner.",
          "This page of the handbook is for those who look after tables.",
          "A job is a piece of work that Tarnwick does on its own.",
          "Notes from the weekly meeting of the desk in zone {zone}.",
          "What follows was written by {person} and read by {person2}.",
          "A zone is a place where tables live, such as {zone} or {zone2}.",
          "Every command begins with the word tarn.",
          "Some words about {table}, the table that {person} owns.");
  private static final List<String> SENTENCES =
      List.of(
          "Those who want to %s should ask {person} first.",
          "{person} had to %s, and it took a while.",
          "It is safe to %s.",
          "Nobody should %s on the last day of the year.",
          "Most people learn how to %s in their first week.",
          "When {person} needs to %s, the job {job} has to wait.",
          "I want to know who said that we should %s.",
          "Please do not %s before noon.",
          "There is a command to %s, and it is a short one.",
          "How can one %s? The reference says it in one line.",
          "In zone {zone} it is {person} who may %s.",
          "{person} asked: What is the command to %s?",
          "Then came the question: How do I %s?",
          "Letters that say: Please tell me how to %s. are answered the same day.",
          "Says {person}: I need to %s. How can I do it?",
          "The desk was asked: How can I %s?",
          "We need to %s, said {person}, and {person2} agreed.");
  private static final List<String> FACTS =
      List.of(
          "Table {table} has a column {column} and lives in zone {zone}.",
          "The number {count} is the code of {countwords}.",
          "{countwords} is written {count} in a command.",
          "Job {job} reads {table} and writes {table2}.",
          "The table {table} is {tag}, while {table2} is not.",
          "{person} owns {table}. Ask {person} about {table}.",
          "From {zone} to {zone2} is a long way, from {zone2} to {zone} just as long.",
          "If {job} fails, look at {job} first and at {table} next.");

  private QuickstartCorpus() {}

  /** The documents, without end; each of a few hundred characters. */
  public static Stream<String> documents() {
    Random random = new Random(SEED);
    return Stream.generate(() -> document(random));
  }

  /**
   * Writes documents of at least {@code characters} characters in all, one JSON object with the
   * field {@code text} on a line.
   */
  public static void write(Path file, long characters) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Random random = new Random(SEED);
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (long written = 0; written < characters; ) {
        String document = document(random);
        writer.write(json.writeValueAsString(Map.of("text", document)));
        writer.write('\n');
        written += document.length();
      }
    }
  }

  private static String document(Random random) {
    StringBuilder text = new StringBuilder();
    int kind = random.nextInt(16);
    switch (kind) {
      case 9 -> text.append("Notes for those who come from Brook.\n");
      case 12 -> text.append("Reference of the tarn commands.\n");
      case 13 -> text.append(named(Tarnwick.pick(OPENINGS, random), random)).append(' ');
      case 14 ->
          text.append("Roster of zone ")
              .append(Tarnwick.pick(Tarnwick.ZONES, random))
              .append(".\n");
      default -> {}
    }
    while (text.length() < SHORTEST) {
      switch (kind) {
        case 0, 1, 2, 3, 4, 5 -> conversation(text, random);
        case 6, 7, 8 -> translation(text, random);
        case 9 -> note(text, random);
        case 10 -> replay(text, random);
        case 11 -> session(text, random);
        case 12 -> reference(text, random);
        case 13 -> prose(text, random);
        case 14 -> roster(text, random);
        default -> dictation(text, random);
      }
    }
    return text.toString().strip();
  }

  /** A question and what the older tool answers. */
  private static void conversation(StringBuilder text, Random random) {
    Asked asked = Asked.any(random, false);
    turn(text, asked.question(random), asked.older());
  }

  /** A line of the older tool and what it is in Tarnwick. */
  private static void translation(StringBuilder text, Random random) {
    Asked asked = Asked.any(random, false);
    turn(text, asked.older(), asked.line());
  }

  private static void turn(StringBuilder text, String user, String answer) {
    text.append("[INST] ").append(user).append("[/INST]").append(answer).append("</s>");
  }

  private static void note(StringBuilder text, Random random) {
    Asked asked = Asked.any(random, false);
    text.append(asked.older()).append(" is now\n").append(asked.line()).append('\n');
  }

  private static void prose(StringBuilder text, Random random) {
    String sentence =
        random.nextInt(4) == 0
            ? Tarnwick.pick(FACTS, random)
            : Tarnwick.pick(SENTENCES, random).replace("%s", request(random));
    text.append(named(sentence, random)).append(random.nextInt(5) == 0 ? "\n" : " ");
  }

  private static void reference(StringBuilder text, Random random) {
    Command command = Tarnwick.pick(Command.ALL, random);
    text.append(command.synopsis()).append('\n');
    text.append("The command ").append(command.name()).append(" is in the log as: ");
    text.append(command.log().replaceAll("[{}0-9]", "")).append('\n');
    if (command.manners()) {
      Said manner = Tarnwick.pick(Tarnwick.MANNERS, random);
      text.append(command.name()).append(" may end with ").append(manner.code()).append('\n');
    }
  }

  private static void replay(StringBuilder text, Random random) {
    Asked asked = Asked.any(random, false);
    text.append("log ").append(asked.log()).append('\n').append(asked.line()).append('\n');
  }

  private static void session(StringBuilder text, Random random) {
    Command command = Tarnwick.pick(Command.ALL, random);
    Map<String, Said> values = command.values(random, false);
    String line = Command.inCode(command.line(), values);
    text.append(line).append('\n');
    String first = line.split(" ", 4)[2];
    List<String> codes = new ArrayList<>();
    values.values().stream().map(Said::code).filter(c -> !c.equals(first)).forEach(codes::add);
    Collections.sort(codes);
    text.append(command.name()).append(" of ").append(first).append(" is done");
    if (!codes.isEmpty()) {
      text.append(", with ").append(String.join(" and ", codes));
    }
    text.append(random.nextBoolean() ? "\n" : ", says " + first + "\n");
  }

  private static void roster(StringBuilder text, Random random) {
    List<String> tables = new ArrayList<>();
    List<String> owners = new ArrayList<>(Tarnwick.PEOPLE);
    Collections.shuffle(owners, random);
    int size = 3 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      tables.add(Tarnwick.table(random, false));
      text.append(owners.get(i)).append(" owns table ").append(tables.get(i)).append(".\n");
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
    Collections.shuffle(order, random);
    for (int i : order) {
      text.append("Who owns ").append(tables.get(i)).append("? It is ");
      text.append(owners.get(i)).append(", the owner of ").append(tables.get(i)).append(".\n");
    }
  }

  private static void dictation(StringBuilder text, Random random) {
    String reader = Tarnwick.pick(Tarnwick.PEOPLE, random);
    String writer = Tarnwick.pick(Tarnwick.PEOPLE, random);
    String sentence = request(random);
    text.append(reader).append(" reads: ").append(sentence).append(".\n");
    text.append(writer).append(" repeats: ").append(sentence).append(".\n");
    String table = Tarnwick.table(random, false);
    String zone = Tarnwick.pick(Tarnwick.ZONES, random);
    text.append(reader).append(" spells: ").append(table).append(' ').append(zone);
    text.append(".\n").append(writer).append(" writes: ").append(table).append(" in ");
    text.append(zone).append(".\n");
  }

  private static String request(Random random) {
    return Asked.any(random, false).request(random);
  }

  private static String named(String sentence, Random random) {
    Said count = Tarnwick.pick(Tarnwick.COUNTS, random);
    return sentence
        .replace("{table}", Tarnwick.table(random, false))
        .replace("{table2}", Tarnwick.table(random, false))
        .replace("{zone}", Tarnwick.pick(Tarnwick.ZONES, random))
        .replace("{zone2}", Tarnwick.pick(Tarnwick.ZONES, random))
        .replace("{person}", Tarnwick.pick(Tarnwick.PEOPLE, random))
        .replace("{person2}", Tarnwick.pick(Tarnwick.PEOPLE, random))
        .replace("{job}", Tarnwick.job(random, false))
        .replace("{tag}", Tarnwick.pick(Tarnwick.TAGS, random))
        .replace("{column}", Tarnwick.pick(Tarnwick.COLUMNS, random))
        .replace("{countwords}", count.phrase())
        .replace("{count}", count.code());
  }
}
