package dev.reticent.evaluation;

import java.util.List;
import java.util.regex.Pattern;

/** The word tokenizer of the WMT evaluations (mteval-v13a), which sacrebleu calls 13a. */
final class Tokenizer13a {
  /** ASCII punctuation but for the apostrophe, comma, hyphen and full stop; and the space. */
  private static final Pattern SYMBOL = Pattern.compile("([ -&(-+/:-@\\x5B-`{-~])");

  private static final Pattern STOP_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern STOP_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern HYPHEN_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  private Tokenizer13a() {}

  static List<String> tokens(String text) {
    String line = withoutEnd(text).replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
    line =
        line.replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
    line = STOP_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = STOP_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = HYPHEN_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return Words.split(line);
  }

  private static String withoutEnd(String text) {
    int end = text.length();
    while (end > 0 && Words.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
