package dev.reticent.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a text that is not JSON, without the parser's own words. */
final class JsonFault {
  private static final Pattern CONTROL = Pattern.compile("CTRL-CHAR, code (\\d+)");
  private static final Pattern QUOTED = Pattern.compile("'('|[^']*)'");

  private JsonFault() {}

  /** Of a line that should be an object. */
  static String onALine(String line, JsonProcessingException e) {
    if (line.strip().indexOf('\r') >= 0) {
      return "lines end with a carriage return alone; save the file with line feeds";
    }
    boolean part = line.matches("\\{|\\[|[}\\]],?") || line.matches("\"[^\"]*\"\\s*:.*");
    if (part) {
      return "an object over several lines; put each row on a line of its own, or make the file a"
          + " JSON array: [ row, row ]";
    }
    String where = e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
    return "not valid JSON: " + plain(e) + where;
  }

  /** Of an array of rows. */
  static String inAnArray(JsonProcessingException e) {
    String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
    return "not valid JSON: " + plain(e) + where;
  }

  private static String plain(JsonProcessingException e) {
    String said = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    Matcher quoted = QUOTED.matcher(said);
    String what = quoted.find() ? Objects.requireNonNullElse(quoted.group(1), "") : "";
    if (said.startsWith("Non-standard token") || what.matches("-?(NaN|INF|Infinity)")) {
      return what + " is not JSON; write null, or a number";
    }
    if (said.startsWith("Unrecognized token")) {
      return "'" + what + "' is no value; write texts in double quotes";
    }
    if (said.startsWith("Unexpected character")) {
      return "'" + what + "' is not expected" + (what.equals("'") ? "; use double quotes" : "");
    }
    if (said.startsWith("Unexpected end-of-input")) {
      return "it ends in the middle";
    }
    if (said.startsWith("Duplicate field")) {
      return "the key '" + what + "' stands there twice";
    }
    if (said.startsWith("Trailing token")) {
      return "after the object there is more";
    }
    if (said.startsWith("Document nesting depth")) {
      return "it is nested more than 1000 levels deep";
    }
    Matcher control = CONTROL.matcher(said);
    if (control.find()) {
      int code = Integer.parseInt(control.group(1));
      return code == 0
          ? "zero bytes stand there: the file was cut off or filled up; copy it again"
          : "the control character U+%04X stands there; write it as \\u%<04x".formatted(code);
    }
    int hint = said.indexOf(": enable `");
    return hint < 0 ? said : said.substring(0, hint);
  }
}
