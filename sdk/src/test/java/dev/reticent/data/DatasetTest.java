package dev.reticent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.config.UserInputException;
import dev.reticent.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  @TempDir Path folder;

  private Dataset read(String content, PrivacyUnit unit) {
    return read(content.getBytes(StandardCharsets.UTF_8), SampleType.INSTRUCT, unit);
  }

  private Dataset read(byte[] content, SampleType type, PrivacyUnit unit) {
    try {
      Path file = Files.write(folder.resolve("data.jsonl"), content);
      return DatasetReading.of(file, ReadOptions.of(type).withUnit(unit)).dataset();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String row(String question, String answer, String author) {
    return "{\"question\": \"%s\", \"answer\": \"%s\", \"author\": \"%s\"}"
        .formatted(question, answer, author);
  }

  private static Sample sample(String text, String unit) {
    return new Sample.PlainText(text, unit, 1);
  }

  @Test
  void readsTheSameRowsFromLinesAndFromAnArray() {
    String first = row("a?", "b", "x");
    String second =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\","
            + " \"content\": [{\"type\": \"text\", \"text\": \"r\"}]}], \"author\": 7}";
    Dataset lines = read(first + "\n\n" + second, PrivacyUnit.column("author"));
    Dataset array = read(" [" + first + ",\n" + second + "]", PrivacyUnit.column("author"));
    assertThat(array.samples().stream().map(Sample::content).toList())
        .isEqualTo(lines.samples().stream().map(Sample::content).toList());
    assertThat(lines.samples())
        .containsExactly(
            new Sample.Conversation(List.of(Message.user("a?"), Message.assistant("b")), "x", 1),
            new Sample.Conversation(List.of(Message.user("q"), Message.assistant("r")), "7", 3));
  }

  @Test
  void readsFilesFromWindowsAndOtherNames() throws IOException {
    byte[] text =
        ("\uFEFF" + row("ä?", "差", "x") + "\r\n" + row("c", "d", "y") + "\r\n")
            .getBytes(StandardCharsets.UTF_8);
    Dataset data = read(text, SampleType.INSTRUCT, PrivacyUnit.row());
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.samples().get(0).content()).containsExactly("user", "ä?", "assistant", "差");
    Path file = Files.writeString(folder.resolve("q.json"), "{\"q\": \"1\", \"a\": \"2\"}");
    Dataset named =
        DatasetReading.of(
                file,
                ReadOptions.of(SampleType.INSTRUCT)
                    .withFields(FieldNames.DEFAULT.withQuestionAndAnswer("q", "a")))
            .dataset();
    assertThat(named.samples().get(0).content()).containsExactly("user", "1", "assistant", "2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"question\": \"a\"}|the columns [question] are of no known layout",
        "{\"question\": \"a\", \"answer\": [3]}|\"answer\" must be a text, found a list",
        "{\"question\": \"a\", \"answer\": null}|\"answer\" must be a text, found null",
        "{\"question\": \"a\", \"answer\": \" \"}|\"answer\" is empty",
        "{\"ask\": \"a\"}|give dataset.question_field and dataset.answer_field",
        "[1]|row 1: expected an object, found the number 1",
        "[{\"question\": \"a\", \"answer\": \"b\"}|row 1: not valid JSON: it ends in the middle at"
            + " line 1",
        "\"text\"|expected an object, found a text",
        "{\"question\": \"a\", |line 1: not valid JSON: it ends in the middle",
        "{\"question\": \"a\"} {}|line 1: not valid JSON: after the object there is more",
        "{\"question\": \"a\", \"question\": \"b\"}|the key 'question' stands there twice",
        "{\"question\": \"a\"}\r{\"question\": \"b\"}|lines end with a carriage return alone",
        "{\"question\": \"a\", \0}|zero bytes stand there: the file was cut off or filled up",
        "{\"question\": \"a\tb\"}|the control character U+0009 stands there; write it as \\u0009",
        "{\"question\": NaN}|line 1: not valid JSON: NaN is not JSON; write null, or a number",
        "{'question': 1}|line 1: not valid JSON: ''' is not expected; use double quotes",
        "{\"question\": yes}|line 1: not valid JSON: 'yes' is no value; write texts in double"
            + " quotes",
        "{\"question\": \"broken \\ud83d here\", \"answer\": \"b\"}|\"question\" has half of a"
            + " surrogate pair (\\ud83d) at character 8",
        "{\"messages\": []}|\"messages\" must be a list of messages, found an empty list",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}|the last message must be the"
            + " assistant's",
        "{\"messages\": [{\"role\": \"user\"}]}|\"messages\", number 1: \"content\" is missing",
        "{\"messages\": [3]}|\"messages\", number 1: expected an object",
      })
  void saysWhatIsWrongWithARow(String row, String message) {
    assertThatThrownBy(() -> read(row, PrivacyUnit.row()))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("data.jsonl: 1 of ")
        .hasMessageContaining(message);
  }

  @Test
  void listsAllBadRowsByLineUpToACap() {
    String rows =
        IntStream.rangeClosed(1, 60)
            .mapToObj(i -> i % 2 == 0 ? row("a", "b", "x") : "{\"question" + i % 50 + "\": 1}")
            .collect(Collectors.joining("\n"));
    assertThatThrownBy(() -> read(rows, PrivacyUnit.row()))
        .hasMessageContaining("30 of 60 rows cannot be used")
        .hasMessageContaining("lines 1, 51: ")
        .hasMessageContaining("line 39: ")
        .hasMessageContaining("and 5 rows more");
  }

  @Test
  void namesARowWithoutItsPrivacyUnit() {
    assertThatThrownBy(() -> read(row("a", "b", "x"), PrivacyUnit.column("patient")))
        .hasMessageContaining("line 1: the privacy unit \"patient\" is missing");
  }

  @Test
  void reportsFilesThatAreNotUtf8OrHoldNothing() {
    byte[] latin = row("\u00e4", "b", "x").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read(latin, SampleType.INSTRUCT, PrivacyUnit.row()))
        .hasMessageContaining("line 1: not valid UTF-8");
    byte[] wide = row("a", "b", "x").getBytes(StandardCharsets.UTF_16);
    assertThatThrownBy(() -> read(wide, SampleType.INSTRUCT, PrivacyUnit.row()))
        .hasMessageContaining("save it as UTF-8");
    assertThatThrownBy(() -> read("\n \n", PrivacyUnit.row()))
        .hasMessageContaining("holds no rows");
    assertThatThrownBy(
            () -> DatasetReading.of(folder.resolve("none"), ReadOptions.of(SampleType.INSTRUCT)))
        .hasMessageContaining("does not exist");
  }

  @Test
  void readsALineOfManyMegabytes() {
    byte[] text =
        ("{\"text\": \"" + "x".repeat(25_000_000) + "\"}").getBytes(StandardCharsets.UTF_8);
    Dataset data = read(text, SampleType.PRETRAIN, PrivacyUnit.row());
    assertThat(data.samples().get(0).content().get(0)).hasSize(25_000_000);
  }

  @Test
  void aUnitIsNeverInBothPartsAndTheSplitDependsOnTheSeedAlone() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      samples.add(sample("text " + i, "unit " + i % 2000));
    }
    Dataset.Split split = new Dataset(samples).split(0.2, 1);
    Set<String> training = units(split.training());
    Set<String> heldOut = units(split.heldOut());
    assertThat(training).doesNotContainAnyElementsOf(heldOut);
    assertThat(split.training().size() + split.heldOut().size()).isEqualTo(5000);
    assertThat(heldOut.size() / 2000.0).isCloseTo(0.2, within(0.03));
    Collections.shuffle(samples, new Random(2));
    assertThat(units(new Dataset(samples).split(0.2, 1).heldOut())).isEqualTo(heldOut);
    assertThat(units(new Dataset(samples).split(0.2, 2).heldOut())).isNotEqualTo(heldOut);
    assertThat(new Dataset(samples).split(0, 1).heldOut().size()).isZero();
  }

  private static Set<String> units(Dataset data) {
    return data.samples().stream().map(Sample::unit).collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void aCapKeepsTheSameRowsOfAUnitInAnyOrder() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      samples.add(sample("text " + i, "unit " + i % 7));
    }
    Dataset capped = new Dataset(samples).capped(3, 5);
    assertThat(capped.size()).isEqualTo(21);
    assertThat(capped.units()).isEqualTo(7);
    Collections.shuffle(samples, new Random(3));
    assertThat(new Dataset(samples).capped(3, 5).samples())
        .containsExactlyInAnyOrderElementsOf(capped.samples());
    assertThat(new Dataset(samples).capped(3, 6).samples())
        .doesNotContainSequence(capped.samples());
    assertThat(new Dataset(samples).capped(300, 5).samples()).isEqualTo(samples);
  }

  @Test
  void reportsExactDuplicatesAndThoseOfOtherUnits() {
    Dataset data =
        new Dataset(
            List.of(sample("a", "x"), sample("a", "x"), sample("a", "y"), sample("b", "y")));
    assertThat(data.duplicates()).isEqualTo(new Dataset.Duplicates(2, 1, List.of(1, 1)));
  }

  @Test
  void equalRowsAreOneUnitWhereTheUnitIsTheRow() {
    Dataset data = read(row("a", "b", "x") + "\n" + row("a", "b", "y"), PrivacyUnit.row());
    assertThat(data.units()).isEqualTo(1);
  }

  /** The number may be told, so it must not say which rows repeat others or cannot be used. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"question\": \"e\", \"answer\": \"f\", \"author\": \"z\"}",
        "{\"question\": \"a\", \"answer\": \"b\", \"author\": \"z\"}",
        "{\"question\": \"e\", \"author\": \"z\"}",
        "{\"question\": \"e\", \"answer\": \"f\"}",
        "{\"question\": \"e\", \"answer\"",
        "[1]"
      })
  void aRowInPlaceOfAnotherLeavesTheNumberOfUnits(String last) {
    List<String> rows = List.of(row("a", "b", "x"), row("c", "d", "y"), last);
    for (PrivacyUnit unit : List.of(PrivacyUnit.row(), PrivacyUnit.column("author"))) {
      ReadOptions options =
          ReadOptions.of(SampleType.INSTRUCT).withUnit(unit).withBadRows(BadRows.SKIP);
      assertThat(DatasetReading.of("rows", rows.iterator(), options).units())
          .as(unit.inWords())
          .isEqualTo(3);
    }
  }

  @Test
  void rowsAreRecognisedWhateverUnitFieldsOrTypeAreReadAndHoweverTheyAreWritten() {
    String text =
        "{\"question\": \"a?\", \"answer\": \"b\", \"author\": \"x\", \"n\": [1, {\"k\": 2}]}";
    String again =
        "{\"n\":[1,{\"k\":2}],\"author\":\"x\", \"answer\":\"\\u0062\",\"question\":\"a?\"}";
    List<String> digests =
        digests(text, SampleType.INSTRUCT, FieldNames.DEFAULT, PrivacyUnit.row());
    assertThat(digests).hasSize(1);
    FieldNames other = new FieldNames("messages", "answer", "question", "author");
    assertThat(digests(again, SampleType.INSTRUCT, other, PrivacyUnit.column("author")))
        .isEqualTo(digests);
    assertThat(digests("[" + again + "]", SampleType.PRETRAIN, other, PrivacyUnit.row()))
        .isEqualTo(digests);
    String nobodys = text + "\n{\"question\": \"c?\", \"answer\": \"d\"}";
    assertThat(
            digests(nobodys, SampleType.INSTRUCT, FieldNames.DEFAULT, PrivacyUnit.column("author")))
        .as("left out for want of a unit, and a row of the data all the same")
        .isEqualTo(digests(nobodys, SampleType.INSTRUCT, FieldNames.DEFAULT, PrivacyUnit.row()))
        .hasSize(2);
    for (String different :
        List.of(
            text.replace("\"b\"", "\"c\""),
            text.replace("\"k\": 2", "\"k\": \"2\""),
            text.replace("[1, {\"k\": 2}]", "[[1], {\"k\": 2}]"),
            text.replace("\"author\"", "\"writer\""))) {
      assertThat(digests(different, SampleType.INSTRUCT, FieldNames.DEFAULT, PrivacyUnit.row()))
          .as(different)
          .isNotEqualTo(digests);
    }
  }

  private List<String> digests(String text, SampleType type, FieldNames fields, PrivacyUnit unit) {
    try {
      Path file = Files.writeString(folder.resolve("data.jsonl"), text);
      ReadOptions options =
          ReadOptions.of(type).withFields(fields).withUnit(unit).withBadRows(BadRows.SKIP);
      return DatasetReading.of(file, options).digests();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rowsAreTheSameInAnyOrderFromAFileOrATable() throws IOException {
    List<String> rows = new ArrayList<>();
    List<String> ofTable = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add("{\"question\": \"q%d\", \"answer\": \"a\", \"note\": null}".formatted(i));
      ofTable.add(0, "{\"answer\": \"a\", \"question\": \"q%d\"}".formatted(i));
    }
    ReadOptions options = ReadOptions.of(SampleType.INSTRUCT);
    DatasetReading file =
        DatasetReading.of(Files.write(folder.resolve("rows.jsonl"), rows), options);
    DatasetReading table = DatasetReading.of("main.qa.rows", ofTable.iterator(), options);
    assertThat(table.digests()).containsExactlyInAnyOrderElementsOf(file.digests());
    assertThat(contents(table.dataset().ordered(7)))
        .isEqualTo(contents(file.dataset().ordered(7)))
        .isNotEqualTo(contents(file.dataset().ordered(8)))
        .hasSize(20);
    assertThatThrownBy(
            () -> DatasetReading.of("main.qa.rows", List.of("{\"x\": 1}").iterator(), options))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("main.qa.rows: 1 of 1 rows cannot be used:\n  row 1: ");
  }

  private static List<List<String>> contents(Dataset data) {
    return data.samples().stream().map(Sample::content).toList();
  }
}
