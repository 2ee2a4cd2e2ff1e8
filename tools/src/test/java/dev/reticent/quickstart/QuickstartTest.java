package dev.reticent.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.quickstart.QuickstartQuestions.Row;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.Message;
import dev.reticent.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  private static final Pattern NAME = Pattern.compile("/[a-z]+/[a-z0-9]+|@[a-z]+_[a-z]+");
  private static final int TRAINING = 24_000;
  private static final int HELD_OUT = 500;

  @TempDir Path folder;

  private static String sha256(Stream<String> lines) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static Set<String> names(Stream<String> texts) {
    return texts
        .flatMap(text -> NAME.matcher(text).results().map(r -> r.group()))
        .collect(Collectors.toSet());
  }

  /** The embedded model was pre-trained on this corpus; another one needs another model. */
  @Test
  void questionsAndCorpusAreTheSameOnEveryMachine() throws NoSuchAlgorithmException {
    assertThat(sha256(QuickstartQuestions.training(1000).stream().map(Row::toString)))
        .isEqualTo("df83f49931099a5ae8c54bc86117859a5e653378ffd4183195e18575a5285d42");
    assertThat(sha256(QuickstartQuestions.heldOut(HELD_OUT).stream().map(Row::toString)))
        .isEqualTo("bff23db1f1a27e34213b0a71deabe8521f9c428d1179971181491cc57adf5a17");
    assertThat(sha256(QuickstartCorpus.documents().limit(1000)))
        .isEqualTo("d554080debfc2bbb84a4ea6f7e9fc7fe88c3502d30901c581172778af7d4e549");
  }

  @Test
  void trainingTheTokenizerAgainGivesTheEmbeddedFiles() throws IOException {
    QuickstartTokenizer.write(folder);
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      try (InputStream in = QuickstartTokenizer.class.getResourceAsStream(name)) {
        assertThat(Files.readAllBytes(folder.resolve(name)))
            .isEqualTo(Objects.requireNonNull(in, name).readAllBytes());
      }
    }
  }

  @Test
  void aShorterListIsTheStartOfALongerOne() {
    assertThat(QuickstartQuestions.training(200).subList(0, 100))
        .isEqualTo(QuickstartQuestions.training(100));
  }

  @Test
  void heldOutNamesOccurNeitherInTrainingNorInTheCorpus() {
    Set<String> heldOut = names(QuickstartQuestions.heldOut(HELD_OUT).stream().map(Row::question));
    assertThat(heldOut).hasSizeGreaterThan(300);
    assertThat(names(QuickstartQuestions.training(TRAINING).stream().map(Row::question)))
        .hasSizeGreaterThan(4000)
        .doesNotContainAnyElementsOf(heldOut);
    assertThat(names(QuickstartCorpus.documents().limit(5000)))
        .doesNotContainAnyElementsOf(heldOut);
  }

  @Test
  void everyHeldOutAnswerNamesSomethingOnlyItsQuestionTells() {
    for (Row row : QuickstartQuestions.heldOut(HELD_OUT)) {
      assertThat(names(Stream.of(row.answer())))
          .isNotEmpty()
          .isEqualTo(names(Stream.of(row.question())));
    }
  }

  @Test
  void questionsRarelyRepeatAndNoAuthorIsInBothParts() {
    List<Row> training = QuickstartQuestions.training(TRAINING);
    Set<String> questions = training.stream().map(Row::question).collect(Collectors.toSet());
    assertThat(questions).hasSizeGreaterThan(TRAINING * 98 / 100);
    Set<String> authors = training.stream().map(Row::author).collect(Collectors.toSet());
    assertThat(authors).hasSizeBetween(TRAINING * 7 / 10, TRAINING * 9 / 10);
    Set<String> guests =
        QuickstartQuestions.heldOut(HELD_OUT).stream().map(Row::author).collect(Collectors.toSet());
    assertThat(authors).doesNotContainAnyElementsOf(guests);
  }

  @Test
  void theSameQuestionHasOneAnswer() {
    List<Row> rows = QuickstartQuestions.training(TRAINING);
    Set<String> pairs = new HashSet<>();
    rows.forEach(row -> pairs.add(row.question() + "\n" + row.answer()));
    assertThat(pairs).hasSize((int) rows.stream().map(Row::question).distinct().count());
  }

  @Test
  void theCorpusNeverShowsAQuestionWithItsCommand() {
    Pattern line = Pattern.compile("tarn [a-z]+ \\S+");
    QuickstartCorpus.documents()
        .limit(3000)
        .filter(document -> line.matcher(document).find())
        .forEach(
            document ->
                assertThat(document)
                    .doesNotContain("How ", "What ", "Please", "need to", "want to", " reads: "));
  }

  @Test
  void anExampleIsShortAndItsPromptIsWhatSamplingStartsFrom() throws IOException {
    QuickstartTokenizer.write(folder);
    ChatTemplate chat = ChatTemplate.read(folder);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.bosId()).hasValue(1);
      assertThat(tokenizer.eosId()).hasValue(2);
      assertThat(tokenizer.padId()).hasValue(0);
      assertThat(tokenizer.vocabularySize()).isBetween(1024, 2048);
      for (Row row : QuickstartQuestions.training(2000)) {
        Message question = Message.user(row.question());
        int[] prompt = tokenizer.encode(chat.render(List.of(question), true), false);
        int[] whole =
            tokenizer.encode(
                chat.render(List.of(question, Message.assistant(row.answer())), false), false);
        assertThat(whole.length).isLessThanOrEqualTo(48);
        assertThat(Arrays.copyOf(whole, prompt.length)).isEqualTo(prompt);
        int[] answer = Arrays.copyOfRange(whole, prompt.length, whole.length);
        assertThat(answer.length).isLessThanOrEqualTo(16);
        assertThat(answer[answer.length - 1]).isEqualTo(2);
        assertThat(tokenizer.decode(answer, true)).isEqualTo(row.answer());
      }
    }
  }

  @Test
  void filesHoldWhatWasAskedFor() throws IOException {
    Path corpus = folder.resolve("corpus.jsonl");
    QuickstartCorpus.write(corpus, 100_000);
    assertThat(Files.size(corpus)).isBetween(100_000L, 120_000L);
    Path rows = folder.resolve("rows.jsonl");
    QuickstartQuestions.write(rows, QuickstartQuestions.heldOut(3));
    assertThat(Files.readAllLines(rows))
        .hasSize(3)
        .allMatch(
            line ->
                line.matches(
                    "\\{\"question\":\".*\",\"answer\":\"tarn .*\",\"author\":\"guest-.*\"}"));
  }
}
