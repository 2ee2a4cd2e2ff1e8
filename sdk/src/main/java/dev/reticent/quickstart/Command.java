package dev.reticent.quickstart;

import dev.reticent.quickstart.Tarnwick.Said;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command of Tarnwick and the ways to ask for it.
 *
 * @param line the command with slots such as {@code {table}}; a slot may be followed by a digit
 * @param log the same in the platform's own log, which the corpus shows
 * @param older the same in the older tool, Brook, whose commands have other names and shapes and
 *     take values in words
 * @param requests what someone wants, in words, with the same slots
 * @param manners whether a manner ("without overwriting anything") can be added
 */
record Command(String line, String log, String older, List<String> requests, boolean manners) {
  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)(\\d?)}");

  static final List<Command> ALL =
      List.of(
          careful(
              "tarn copy {table} --from {zone} --to {zone2}",
              "copy {table} {zone} {zone2}",
              "brook clone {table} at {zone} onto {zone2}",
              "copy table {table} from zone {zone} to zone {zone2}",
              "have a second copy of {table} from {zone} in zone {zone2}"),
          careful(
              "tarn move {table} --from {zone} --to {zone2}",
              "move {table} {zone} {zone2}",
              "brook shift {table} at {zone} onto {zone2}",
              "move table {table} from zone {zone} to zone {zone2}",
              "take {table} out of zone {zone} and put it into {zone2}"),
          careful(
              "tarn drop {table} --in {zone}",
              "drop {table} {zone}",
              "brook erase {table} at {zone}",
              "delete table {table} in zone {zone}",
              "get rid of {table} in zone {zone}"),
          careful(
              "tarn rename {table} --as {table2}",
              "rename {table} {table2}",
              "brook call {table} now {table2}",
              "rename table {table} to {table2}",
              "give table {table} the new name {table2}"),
          careful(
              "tarn merge {table} --into {table2}",
              "merge {table} {table2}",
              "brook join {table} onto {table2}",
              "merge table {table} into {table2}",
              "add all rows of {table} to table {table2}"),
          careful(
              "tarn restore {table} --back {span}",
              "restore {table} {span}",
              "brook rewind {table} by {span}",
              "bring table {table} back to what it was {span} ago",
              "undo all that happened to {table} in {span}"),
          plain(
              "tarn grant {table} --to {person} --level {level}",
              "grant {table} {person} {level}",
              "brook permit {table} person {person} right {level}",
              "give {person} {level} access to table {table}",
              "let {person} have {level} access to {table}"),
          plain(
              "tarn revoke {table} --from {person}",
              "revoke {table} {person}",
              "brook forbid {table} person {person}",
              "take access to table {table} away from {person}",
              "keep {person} from seeing {table}"),
          plain(
              "tarn own {table} --by {person}",
              "own {table} {person}",
              "brook chief {table} person {person}",
              "make {person} the owner of table {table}",
              "hand table {table} over to {person}"),
          plain(
              "tarn access {table}",
              "access {table}",
              "brook readers {table}",
              "see who can read table {table}",
              "find out who has access to {table}"),
          plain(
              "tarn schedule {job} --every {interval}",
              "schedule {job} {interval}",
              "brook timer {job} at {interval}",
              "run job {job} {interval}",
              "have the job {job} start {interval}"),
          plain(
              "tarn pause {job}",
              "pause {job}",
              "brook halt {job}",
              "stop job {job} for now",
              "put the job {job} on hold"),
          plain(
              "tarn resume {job}",
              "resume {job}",
              "brook wake {job}",
              "let job {job} go on",
              "start the paused job {job} again"),
          plain(
              "tarn scale {job} --workers {count}",
              "scale {job} {count}",
              "brook hands {job} number {count}",
              "give job {job} {count} workers",
              "run {job} on {count} workers"),
          plain(
              "tarn logs {job} --last {count}",
              "logs {job} {count}",
              "brook tail {job} number {count}",
              "see the last {count} lines that job {job} wrote",
              "read {count} lines of the log of {job}"),
          plain(
              "tarn retain {table} --for {span}",
              "retain {table} {span}",
              "brook hold {table} by {span}",
              "keep table {table} for {span}",
              "have {table} deleted after {span}"),
          plain(
              "tarn head {table} --rows {count}",
              "head {table} {count}",
              "brook peek {table} number {count}",
              "see the first {count} rows of table {table}",
              "look at {count} rows of {table}"),
          plain(
              "tarn describe {table}",
              "describe {table}",
              "brook shape {table}",
              "list the columns of table {table}",
              "learn which columns {table} has"),
          plain(
              "tarn count {table} --in {zone}",
              "count {table} {zone}",
              "brook size {table} at {zone}",
              "count the rows of table {table} in zone {zone}",
              "know how many rows {table} has in {zone}"),
          plain(
              "tarn tag {table} --with {tag}",
              "tag {table} {tag}",
              "brook pin {table} word {tag}",
              "mark table {table} as {tag}",
              "put the label {tag} on {table}"),
          plain(
              "tarn untag {table} --with {tag}",
              "untag {table} {tag}",
              "brook unpin {table} word {tag}",
              "remove the label {tag} from table {table}",
              "no longer mark {table} as {tag}"),
          plain(
              "tarn export {table} --format {format}",
              "export {table} {format}",
              "brook emit {table} kind {format}",
              "save table {table} as {format}",
              "download {table} as {format}"),
          plain(
              "tarn index {table} --on {column}",
              "index {table} {column}",
              "brook sorted {table} column {column}",
              "make searches in table {table} by {column} fast",
              "index the column {column} of {table}"),
          plain(
              "tarn diff {table} --left {zone} --right {zone2}",
              "diff {table} {zone} {zone2}",
              "brook versus {table} at {zone} onto {zone2}",
              "compare table {table} in zone {zone} with the one in {zone2}",
              "see how {table} in {zone} differs from {zone2}"));

  private static Command careful(String line, String log, String older, String... requests) {
    return new Command(line, log, older, List.of(requests), true);
  }

  private static Command plain(String line, String log, String older, String... requests) {
    return new Command(line, log, older, List.of(requests), false);
  }

  /** Values for every slot, two slots of one kind never the same. */
  Map<String, Said> values(Random random, boolean heldOut) {
    Map<String, Said> values = new HashMap<>();
    Matcher slot = SLOT.matcher(line);
    while (slot.find()) {
      Said value = value(slot.group(1), random, heldOut);
      while (values.containsValue(value)) {
        value = value(slot.group(1), random, heldOut);
      }
      values.put(slot.group(), value);
    }
    return values;
  }

  private static Said value(String kind, Random random, boolean heldOut) {
    return switch (kind) {
      case "table" -> Said.same(Tarnwick.table(random, heldOut));
      case "job" -> Said.same(Tarnwick.job(random, heldOut));
      case "zone" -> Said.same(Tarnwick.pick(Tarnwick.ZONES, random));
      case "person" -> Said.same(Tarnwick.pick(Tarnwick.PEOPLE, random));
      case "tag" -> Said.same(Tarnwick.pick(Tarnwick.TAGS, random));
      case "column" -> Said.same(Tarnwick.pick(Tarnwick.COLUMNS, random));
      case "interval" -> Tarnwick.pick(Tarnwick.INTERVALS, random);
      case "span" -> Tarnwick.pick(Tarnwick.SPANS, random);
      case "count" -> Tarnwick.pick(Tarnwick.COUNTS, random);
      case "level" -> Tarnwick.pick(Tarnwick.LEVELS, random);
      case "format" -> Tarnwick.pick(Tarnwick.FORMATS, random);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  static String inWords(String template, Map<String, Said> values) {
    for (Map.Entry<String, Said> entry : values.entrySet()) {
      template = template.replace(entry.getKey(), entry.getValue().phrase());
    }
    return template;
  }

  static String inCode(String template, Map<String, Said> values) {
    for (Map.Entry<String, Said> entry : values.entrySet()) {
      template = template.replace(entry.getKey(), entry.getValue().code());
    }
    return template;
  }

  /** The command as its reference shows it: slots in angle brackets. */
  String synopsis() {
    return SLOT.matcher(line).replaceAll("<$1>");
  }

  String name() {
    return line.split(" ", 3)[1];
  }
}
