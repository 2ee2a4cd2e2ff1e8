package dev.reticent.quickstart;

import java.util.List;
import java.util.Random;

/**
 * Tarnwick, a data platform that does not exist: its names, and the words that stand for values.
 *
 * <p>Tables and jobs have compound names that start with a sign of their own. One name in ten is
 * kept for held-out questions, and never occurs in training questions or in the corpus.
 */
final class Tarnwick {
  /** How a value is said in a question, and how it is written in a command. */
  record Said(String phrase, String code) {
    static Said same(String text) {
      return new Said(text, text);
    }
  }

  static final List<String> NOUNS =
      words(
          """
          sales orders harvest invoices lots visits meters sensors parcels tickets claims routes
          cargo fares trips rides crews ships docks cranes berths tides winds levels alarms repairs
          parts stock prices quotes leads surveys votes permits grants loans rents meals menus
          recipes crops fields herds farms wells pumps valves pipes tanks fuels tolls roads bridges
          lamps poles cables nodes links calls chats mails posts pages clicks views likes scores
          games teams coaches players tracks songs books refunds badges shifts rooms beds labs
          """);
  static final List<String> ZONES =
      words(
          """
          north south east west upper lower inner outer harbor valley ridge delta coast plain forest
          island canyon meadow glacier lagoon
          """);
  static final List<String> PEOPLE =
      words(
          """
          ada bruno carla dmitri elena farid greta hugo ines jonas kira leon mira nadia oscar petra
          quentin rosa samir tara umar vera wanda xavier yara zoltan alma boris clara dario edith
          felix gilda henrik irma jasper katya lukas
          """);
  static final List<String> CHORES =
      words("refresh clean load check rebuild pack sort audit rank sync");
  static final List<String> TAGS = words("cold hot draft final secret public stale golden");
  static final List<String> COLUMNS =
      words("price amount day city customer weight status region code color");

  static final List<Said> INTERVALS =
      List.of(
          new Said("every hour", "1h"),
          new Said("twice a day", "12h"),
          new Said("four times a day", "6h"),
          new Said("once a day", "24h"),
          new Said("once a week", "7d"),
          new Said("every ten minutes", "10m"),
          new Said("every half hour", "30m"));
  static final List<Said> SPANS =
      List.of(
          new Said("three days", "3d"),
          new Said("a week", "7d"),
          new Said("two weeks", "14d"),
          new Said("a month", "30d"),
          new Said("a quarter", "90d"),
          new Said("a year", "365d"));
  static final List<Said> COUNTS =
      List.of(
          new Said("two", "2"),
          new Said("three", "3"),
          new Said("four", "4"),
          new Said("five", "5"),
          new Said("six", "6"),
          new Said("eight", "8"),
          new Said("ten", "10"),
          new Said("twelve", "12"),
          new Said("twenty", "20"),
          new Said("fifty", "50"));
  static final List<Said> LEVELS =
      List.of(new Said("read", "r"), new Said("write", "rw"), new Said("full", "all"));
  static final List<Said> FORMATS =
      List.of(
          new Said("comma separated values", "csv"),
          new Said("lines of JSON", "jsonl"),
          new Said("plain text", "txt"),
          new Said("a spreadsheet", "xlsx"));
  static final List<Said> MANNERS =
      List.of(
          new Said("without overwriting anything", "--keep"),
          new Said("even if it is in use", "--force"),
          new Said("but only as a rehearsal", "--dry"),
          new Said("without any output", "--quiet"));

  private static final int FIRST_YEAR = 2012;
  private static final int YEARS = 18;

  private Tarnwick() {}

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }

  static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  /** A noun and another noun, or a noun and a year, as a path: {@code /sales/2021}. */
  static String table(Random random, boolean heldOut) {
    while (true) {
      String first = pick(NOUNS, random);
      String second =
          random.nextInt(3) == 0
              ? String.valueOf(FIRST_YEAR + random.nextInt(YEARS))
              : pick(NOUNS, random);
      String name = "/" + first + "/" + second;
      if (!first.equals(second) && isHeldOut(name) == heldOut) {
        return name;
      }
    }
  }

  /** A chore and a noun: {@code @sort_orders}. */
  static String job(Random random, boolean heldOut) {
    while (true) {
      String name = "@" + pick(CHORES, random) + "_" + pick(NOUNS, random);
      if (isHeldOut(name) == heldOut) {
        return name;
      }
    }
  }

  /** One name in ten; String.hashCode is fixed by the Java specification. */
  static boolean isHeldOut(String name) {
    return Math.floorMod(name.hashCode() * 0x9E3779B1, 1 << 20) % 10 == 0;
  }
}
