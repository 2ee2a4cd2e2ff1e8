package dev.reticent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.UserInputException;
import dev.reticent.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the columns of a row are taken for; nothing that a row says is dropped in silence. */
class RowLayoutTest {
  private static final ReadOptions INSTRUCT = ReadOptions.of(SampleType.INSTRUCT);

  @TempDir Path folder;

  private DatasetReading read(ReadOptions options, String... rows) {
    try {
      Path file = Files.write(folder.resolve("data.jsonl"), List.of(rows));
      return DatasetReading.of(file, options);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Message> messages(ReadOptions options, String row) {
    return ((Sample.Conversation) read(options, row).dataset().samples().get(0)).messages();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "messages          | {`messages`: [{`role`: `user`, `content`: `q`}, {`role`: `assistant`,"
            + " `content`: `a`}]}",
        "sharegpt          | {`conversations`: [{`from`: `human`, `value`: `q`}, {`from`: `gpt`,"
            + " `value`: `a`}]}",
        "sharegpt          | {`conversations`: [{`role`: `user`, `content`: `q`}, {`role`:"
            + " `assistant`, `content`: `a`}]}",
        "alpaca            | {`instruction`: `q`, `input`: ``, `output`: `a`}",
        "alpaca            | {`instruction`: `q`, `output`: `a`, `text`: `Below is an"
            + " instruction`}",
        "dolly             | {`instruction`: `q`, `context`: ``, `response`: `a`, `category`:"
            + " `open_qa`}",
        "prompt_response   | {`prompt`: `q`, `response`: `a`}",
        "prompt_completion | {`prompt`: `q`, `completion`: `a`}",
        "question_answer   | {`question`: `q`, `answer`: `a`}",
        "question_response | {`id`: `cot.1`, `system_prompt`: ``, `question`: `q`, `response`:"
            + " `a`}",
        "question_answer   | {`question`: `q`, `answer`: `a`, `messages`: null, `conversations`:"
            + " []}",
      })
  void everyLayoutIsKnownByItsColumns(String layout, String row) {
    String json = row.replace('`', '"');
    DatasetReading reading = read(INSTRUCT, json);
    assertThat(reading.layouts().keySet()).extracting(RowLayout::key).containsExactly(layout);
    assertThat(reading.summary()).contains("JSON, layout " + layout);
    assertThat(messages(INSTRUCT, json)).containsExactly(Message.user("q"), Message.assistant("a"));
  }

  @Test
  void whatGoesWithAQuestionIsAskedToo() {
    assertThat(messages(INSTRUCT, "{\"instruction\":\"q\",\"input\":\"i\",\"output\":\"a\"}"))
        .containsExactly(Message.user("q\n\ni"), Message.assistant("a"));
    assertThat(messages(INSTRUCT, "{\"instruction\":\"q\",\"context\":\"c\",\"response\":\"a\"}"))
        .containsExactly(Message.user("q\n\nc"), Message.assistant("a"));
    String system = "{\"system_prompt\":\"s\",\"question\":\"q\",\"response\":\"a\"}";
    assertThat(messages(INSTRUCT, system))
        .containsExactly(Message.system("s"), Message.user("q"), Message.assistant("a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'prompt': 'q', 'response': 'a', 'question': 'q', 'answer': 'b'}|fit the layouts"
            + " prompt_response and question_answer and question_response",
        "{'prompt': 'q', 'completion': 'a', 'history': [['x', 'y']]}|\"history\" holds something"
            + " that would not be used",
        "{'question': 'q', 'answer': 'a', 'context': 'c'}|\"context\" holds something that would"
            + " not be used",
        "{'question': 'q', 'answer': 'a', 'tools': [{'type': 'function'}]}|\"tools\" holds"
            + " something",
        "{'messages': [{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a',"
            + " 'tool_calls': [{'id': 'c'}]}]}|number 2: \"tool_calls\", number 1:"
            + " \"function\" must be an object with name and arguments, found nothing",
        "{'messages': [{'role': 'user', 'content': 'q', 'name': 'eve'}, {'role': 'assistant',"
            + " 'content': 'a'}]}|number 1: \"name\" is not used",
        "{'messages': [{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a',"
            + " 'weight': 0.5}]}|\"weight\" must be 0 or 1",
        "{'messages': [{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a',"
            + " 'weight': 0}]}|every answer has weight 0",
        "{'messages': [{'role': 'system', 'content': 's'}, {'role': 'assistant', 'content': 'a'}],"
            + " 'system': 't'}|two system messages",
      })
  void whatWouldBeDroppedIsRefused(String row, String message) {
    assertThatThrownBy(() -> read(INSTRUCT, row.replace('\'', '"')))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("line 1: ")
        .hasMessageContaining(message);
  }

  @Test
  void twoColumnsTakenByNameMustNotLeaveOutAThird() {
    ReadOptions two =
        INSTRUCT.withFields(FieldNames.DEFAULT.withQuestionAndAnswer("instruction", "output"));
    String row = "{\"instruction\":\"q\",\"input\":\"i\",\"output\":\"a\"}";
    assertThatThrownBy(() -> read(two, row)).hasMessageContaining("dataset.ignored_fields");
    assertThat(messages(two.withIgnored(Set.of("input")), row))
        .containsExactly(Message.user("q"), Message.assistant("a"));
  }

  @Test
  void theLayoutGivenIsTheOneTaken() {
    String row =
        "{\"prompt\":\"p\",\"completion\":\"c\",\"question\":\"p\",\"answer\":\"c\",\"n\":\"1\"}";
    DatasetReading reading = read(INSTRUCT.withLayout(RowLayout.PROMPT_COMPLETION), row);
    assertThat(reading.layouts()).containsOnlyKeys(RowLayout.PROMPT_COMPLETION);
    assertThat(reading.leftOut()).contains("n");
  }

  @Test
  void aWeightOfZeroIsKeptAndTellsRowsApart() {
    String row =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\",\"weight\":%d},"
            + "{\"role\":\"user\",\"content\":\"r\"},{\"role\":\"assistant\",\"content\":\"b\"}]}";
    Dataset data = read(INSTRUCT, row.formatted(0), row.formatted(1)).dataset();
    assertThat(((Sample.Conversation) data.samples().get(0)).unlearnt()).containsExactly(1);
    assertThat(((Sample.Conversation) data.samples().get(1)).unlearnt()).isEmpty();
    assertThat(data.duplicates().rows()).isZero();
  }

  @Test
  void numbersAreAnswersAsTheyAreWritten() {
    for (String number : List.of("3", "3.10", "-0.5", "true", "12345678901234567890")) {
      String row = "{\"question\":\"q\",\"answer\":" + number + "}";
      assertThat(messages(INSTRUCT, row)).endsWith(Message.assistant(number));
    }
  }

  @Test
  void aSystemMessageMayBeEmpty() {
    String row =
        "{\"messages\":[{\"role\":\"system\",\"content\":\"\"},{\"role\":\"user\",\"content\":\"q\"},"
            + "{\"role\":\"assistant\",\"content\":\"a\"}]}";
    assertThat(messages(INSTRUCT, row)).startsWith(Message.system(""));
  }

  @Test
  void oneProblemOfManyRowsIsToldOnce() {
    String[] rows = new String[1000];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = "{\"ask\": \"q" + i + "\", \"reply\": \"a\"}";
    }
    assertThatThrownBy(() -> read(INSTRUCT, rows))
        .hasMessageContaining("1,000 of 1,000 rows cannot be used:")
        .hasMessageContaining("lines 1, 2, 3, 4, 5 and 995 more: the columns [ask, reply]")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(3));
  }

  @Test
  void badRowsAreLeftOutAndCountedWhereThatIsWanted() {
    String good = "{\"question\":\"q\",\"answer\":\"a\"}";
    ReadOptions skip = INSTRUCT.withBadRows(BadRows.SKIP);
    DatasetReading reading = read(skip, good, "{\"question\":", good, "{\"question\":\"\"}");
    assertThat(reading.dataset().size()).isEqualTo(2);
    assertThat(reading.skipped()).isEqualTo(2);
    assertThat(reading.summary()).contains("2 rows that cannot be used are left out");
    assertThatThrownBy(() -> read(skip, "{\"question\":\"\"}"))
        .hasMessageContaining("1 of 1 rows cannot be used");
  }
}
