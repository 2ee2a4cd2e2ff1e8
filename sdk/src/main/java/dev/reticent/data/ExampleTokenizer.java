package dev.reticent.data;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.text.Message;
import dev.reticent.text.PromptFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Rows to tokens, with the loss on what the assistant says and on the token that ends it.
 *
 * <p>The tokens before an answer are exactly those that {@link PromptFormat#prompt} gives when
 * sampling. Each example stands alone: nothing is packed or padded. An example longer than the
 * maximum loses its end.
 */
@Internal
public final class ExampleTokenizer {
  private static final int ROWS_BETWEEN_REPORTS = 1000;

  private final PromptFormat format;
  private final int maxTokens;
  private final Set<Integer> ends;

  /**
   * @param maxTokens the longest example; public, and the same for all
   */
  public ExampleTokenizer(PromptFormat format, int maxTokens) {
    if (maxTokens < 2) {
      throw new UserInputException(
          "The maximum length must be at least 2 tokens, got " + maxTokens + ".");
    }
    this.format = format;
    this.maxTokens = maxTokens;
    ends = Arrays.stream(format.tokenizer().endIds()).boxed().collect(Collectors.toSet());
  }

  /**
   * Tokenises all rows.
   *
   * @throws UserInputException listing the rows that cannot be put into the chat template, or if
   *     nothing is left of any answer
   */
  public TokenizedData tokenize(Dataset data) {
    return tokenize(data, BadRows.REFUSE);
  }

  /**
   * Tokenizes as {@link #tokenize(Dataset)} does, or without the rows that the chat template
   * refuses.
   */
  public TokenizedData tokenize(Dataset data, BadRows badRows) {
    return tokenize(data, badRows, done -> {});
  }

  /**
   * Tokenizes a dataset and tells how far it has come.
   *
   * @param tokenized told now and then how many rows are done, on the calling thread
   */
  public TokenizedData tokenize(Dataset data, BadRows badRows, IntConsumer tokenized) {
    LongAdder turnsWithoutLoss = new LongAdder();
    List<Row> rows = new ArrayList<>(data.size());
    while (rows.size() < data.size()) {
      int end = Math.min(data.size(), rows.size() + ROWS_BETWEEN_REPORTS);
      data.samples().subList(rows.size(), end).parallelStream()
          .map(sample -> row(sample, turnsWithoutLoss))
          .forEachOrdered(rows::add);
      tokenized.accept(end);
    }
    List<Row> bad = rows.stream().filter(row -> !row.problem().isEmpty()).toList();
    if (badRows == BadRows.REFUSE || bad.size() == rows.size()) {
      refuse(bad);
    }
    List<TokenizedExample> examples = new ArrayList<>(rows.size());
    List<Integer> dropped = new ArrayList<>();
    int truncated = 0;
    for (Row row : rows) {
      if (!row.problem().isEmpty()) {
        continue;
      }
      TokenizedExample example = cut(row.example());
      if (example.lossTokens() == 0) {
        dropped.add(row.line());
        continue;
      }
      truncated += example.ids().length < row.example().ids().length ? 1 : 0;
      examples.add(example);
    }
    if (examples.isEmpty() && data.size() > 0) {
      throw new UserInputException(
          "With at most "
              + maxTokens
              + " tokens nothing of any answer is left: raise the maximum length.");
    }
    return new TokenizedData(examples, truncated, dropped, turnsWithoutLoss.intValue(), bad.size());
  }

  private record Row(TokenizedExample example, String problem, int line) {}

  private Row row(Sample sample, LongAdder turnsWithoutLoss) {
    try {
      return new Row(example(sample, turnsWithoutLoss), "", sample.line());
    } catch (UserInputException e) {
      TokenizedExample none = new TokenizedExample(new int[0], new boolean[0], sample.unit());
      return new Row(none, String.valueOf(e.getMessage()), sample.line());
    }
  }

  private static void refuse(List<Row> bad) {
    if (!bad.isEmpty()) {
      RowProblems problems = new RowProblems();
      bad.forEach(row -> problems.add(RowSink.Place.line(row.line()), row.problem()));
      throw new UserInputException(
          "%,d rows cannot be put into the chat template:\n  %s\nMend or remove them, or leave them out with dataset.on_bad_row: skip."
              .formatted(bad.size(), String.join("\n  ", problems.lines())));
    }
  }

  private TokenizedExample example(Sample sample, LongAdder turnsWithoutLoss) {
    if (sample instanceof Sample.Conversation conversation) {
      return conversation(conversation, turnsWithoutLoss);
    }
    int[] ids = ended(format.tokenizer().encode(((Sample.PlainText) sample).text(), true));
    boolean[] mask = new boolean[ids.length];
    Arrays.fill(mask, Math.min(1, ids.length), ids.length, true);
    return new TokenizedExample(ids, mask, sample.unit());
  }

  private TokenizedExample conversation(Sample.Conversation sample, LongAdder turnsWithoutLoss) {
    List<Message> messages = sample.messages();
    int last = messages.size() - 1;
    String text = format.text(messages, sample.tools(), false);
    format.requireToolsWritten(messages, sample.tools(), text, false);
    String asked = format.text(messages.subList(0, last), sample.tools(), true);
    int[] prompt = format.encode(asked);
    int[] ids = format.encode(text);
    if (!startsWith(ids, prompt)) {
      // A token spans the border: the answer is tokenised on its own.
      String rest = text.startsWith(asked) ? text.substring(asked.length()) : answer(sample);
      int[] answer = format.tokenizer().encode(rest, false);
      ids = Arrays.copyOf(prompt, prompt.length + answer.length);
      System.arraycopy(answer, 0, ids, prompt.length, answer.length);
    }
    boolean finished = end(ids, prompt.length, ids.length) < ids.length;
    ids = finished ? ids : ended(ids);
    boolean[] mask = new boolean[ids.length];
    if (!sample.unlearnt().contains(last)) {
      mark(mask, ids, prompt.length, ids.length);
    }
    for (int turn = 0; turn < last; turn++) {
      if (messages.get(turn).role().equals("assistant")
          && !sample.unlearnt().contains(turn)
          && !earlierTurn(sample, turn, text, ids, mask)) {
        turnsWithoutLoss.increment();
      }
    }
    return new TokenizedExample(ids, mask, sample.unit());
  }

  private static String answer(Sample.Conversation sample) {
    Message last = sample.messages().get(sample.messages().size() - 1);
    if (!last.more().isEmpty()) {
      throw new UserInputException(
          "the chat template does not write the last message's call behind what asks for it, so it"
              + " cannot be learnt.");
    }
    return last.content();
  }

  /** An answer that is not the last counts if the conversation so far reads as it did then. */
  private boolean earlierTurn(
      Sample.Conversation sample, int turn, String text, int[] ids, boolean[] mask) {
    List<Message> messages = sample.messages();
    String before = format.text(messages.subList(0, turn), sample.tools(), true);
    String through = format.text(messages.subList(0, turn + 1), sample.tools(), false);
    int common = commonPrefix(text, through);
    int said = text.indexOf(messages.get(turn).content().strip(), before.length());
    boolean whole =
        messages.get(turn).more().isEmpty() || common >= through.stripTrailing().length();
    if (text.startsWith(before)
        && whole
        && said >= 0
        && said + messages.get(turn).content().strip().length() <= common) {
      int[] start = format.encode(before);
      int[] stop = format.encode(text.substring(0, common));
      if (startsWith(ids, start) && startsWith(ids, stop)) {
        mark(mask, ids, start.length, stop.length);
        return true;
      }
    }
    return false;
  }

  /** Marks what lies between, up to the first token that ends an answer. */
  private void mark(boolean[] mask, int[] ids, int from, int to) {
    int end = Math.min(to, end(ids, from, to) + 1);
    Arrays.fill(mask, Math.max(1, from), Math.max(Math.max(1, from), end), true);
  }

  private int end(int[] ids, int from, int to) {
    for (int i = from; i < to; i++) {
      if (ends.contains(ids[i])) {
        return i;
      }
    }
    return to;
  }

  private int[] ended(int[] ids) {
    OptionalInt eos = format.tokenizer().eosId();
    if (eos.isEmpty() || (ids.length > 0 && ids[ids.length - 1] == eos.getAsInt())) {
      return ids;
    }
    int[] result = Arrays.copyOf(ids, ids.length + 1);
    result[ids.length] = eos.getAsInt();
    return result;
  }

  private TokenizedExample cut(TokenizedExample example) {
    return example.ids().length <= maxTokens
        ? example
        : new TokenizedExample(
            Arrays.copyOf(example.ids(), maxTokens),
            Arrays.copyOf(example.lossMask(), maxTokens),
            example.unit());
  }

  private static boolean startsWith(int[] ids, int[] prefix) {
    return prefix.length <= ids.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static int commonPrefix(String a, String b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }
}
