package dev.reticent.quickstart;

import dev.reticent.quickstart.Tarnwick.Said;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Something that somebody wants of Tarnwick: a command, values for its slots, and perhaps a manner.
 */
record Asked(Command command, Map<String, Said> values, Optional<Said> manner) {
  private static final List<String> FRAMES =
      List.of(
          "How do I %s?",
          "What is the command to %s?",
          "I want to %s.",
          "Please tell me how to %s.",
          "How can I %s?",
          "I need to %s.");

  /** Any command; one in three that can have a manner has one. */
  static Asked any(Random random, boolean heldOut) {
    Command command = Tarnwick.pick(Command.ALL, random);
    Map<String, Said> values = command.values(random, heldOut);
    boolean mannered = command.manners() && random.nextInt(3) == 0;
    return new Asked(
        command,
        values,
        mannered ? Optional.of(Tarnwick.pick(Tarnwick.MANNERS, random)) : Optional.empty());
  }

  /** What is wanted, in one of the ways to say it. */
  String request(Random random) {
    String template = Tarnwick.pick(command.requests(), random);
    return Command.inWords(template, values) + manner.map(m -> " " + m.phrase()).orElse("");
  }

  /** The request as a question. */
  String question(Random random) {
    String request = request(random);
    return String.format(Locale.ROOT, Tarnwick.pick(FRAMES, random), request);
  }

  /** The command of Tarnwick. */
  String line() {
    return Command.inCode(command.line(), values) + manner.map(m -> " " + m.code()).orElse("");
  }

  /** The command as the platform's log has it. */
  String log() {
    return Command.inCode(command.log(), values)
        + manner.map(m -> " " + m.code().replace("--", "")).orElse("");
  }

  /** The command in the older tool, values and manner in words. */
  String older() {
    return Command.inWords(command.older(), values) + manner.map(m -> " " + m.phrase()).orElse("");
  }
}
