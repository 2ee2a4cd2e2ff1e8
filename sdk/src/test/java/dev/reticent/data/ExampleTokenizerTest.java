package dev.reticent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.Message;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleTokenizerTest {
  private static final String TEXT = "/dev/reticent/text/";
  private static final Message SYSTEM = Message.system("Be brief.");
  private static final Message ASK = Message.user("How do I list the tables?");
  private static final Message ANSWER = Message.assistant("Open the catalog 差分.");
  private static final Message MORE = Message.user("And the old versions?");
  private static final Message LAST = Message.assistant("They are kept.");

  private static Tokenizer tokenizer(String name) {
    try {
      return Tokenizer.open(
          Path.of(ExampleTokenizerTest.class.getResource(TEXT + "tokenizers/" + name).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ChatTemplate template(String name) {
    try (InputStream in =
        ExampleTokenizerTest.class.getResourceAsStream(TEXT + "templates/" + name + ".jinja")) {
      String source =
          new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
      return ChatTemplate.of(source, "<s>", "</s>");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Dataset dataset(Message... messages) {
    return new Dataset(List.of(new Sample.Conversation(List.of(messages), "unit", 1)));
  }

  /** The decoded runs of tokens whose loss counts. */
  private static List<String> learnt(Tokenizer tokenizer, TokenizedExample example) {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < example.ids().length; i++) {
      if (example.lossMask()[i]) {
        int start = i;
        while (i < example.ids().length && example.lossMask()[i]) {
          i++;
        }
        runs.add(tokenizer.decode(Arrays.copyOfRange(example.ids(), start, i), false).strip());
      }
    }
    return runs;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "mistral-7b-instruct-v0.1, byte-level, </s>",
    "mistral-7b-instruct-v0.3, byte-level, </s>",
    "mistral-7b-instruct-v0.1, metaspace, </s>",
    "mistral-7b-instruct-v0.3, metaspace, </s>",
    "llama-2-chat, metaspace, ' </s>'",
    "phi-3.5-mini, byte-level, <|end|></s>",
    "qwen2.5-instruct, config-tokens, <|im_end|>",
  })
  void learnsTheAnswersAndTheirEndAndSharesThePromptWithSampling(
      String template, String folder, String end) {
    try (Tokenizer tokenizer = tokenizer(folder)) {
      PromptFormat format = new PromptFormat(tokenizer, Optional.of(template(template)));
      List<Message> messages = List.of(ASK, ANSWER, MORE, LAST);
      TokenizedData data =
          new ExampleTokenizer(format, 1000).tokenize(dataset(messages.toArray(Message[]::new)));
      TokenizedExample example = data.examples().get(0);
      int[] prompt = format.prompt(messages.subList(0, 3));
      assertThat(Arrays.copyOf(example.ids(), prompt.length)).isEqualTo(prompt);
      assertThat(learnt(tokenizer, example))
          .map(text -> text.replace("\n", ""))
          .hasSize(2)
          .first()
          .asString()
          .startsWith("Open the catalog 差分.");
      assertThat(learnt(tokenizer, example).get(1).replace("\n", ""))
          .isEqualTo("They are kept." + end);
      assertThat(data.turnsWithoutLoss()).isZero();
      assertThat(data.truncated()).isZero();
    }
  }

  @Test
  void countsEarlierAnswersThatTheTemplateRewrites() {
    try (Tokenizer tokenizer = tokenizer("config-tokens")) {
      PromptFormat format = new PromptFormat(tokenizer, Optional.of(template("qwen3")));
      TokenizedData data =
          new ExampleTokenizer(format, 1000).tokenize(dataset(SYSTEM, ASK, ANSWER, MORE, LAST));
      assertThat(data.turnsWithoutLoss()).isEqualTo(1);
      assertThat(learnt(tokenizer, data.examples().get(0)))
          .containsExactly("<think>\n\n</think>\n\nThey are kept.<|im_end|>");
      assertThat(data.summary()).contains("1 earlier answers not learnt from");
    }
  }

  @Test
  void withoutATemplateAQuestionIsALine() {
    try (Tokenizer tokenizer = tokenizer("byte-level")) {
      PromptFormat format = new PromptFormat(tokenizer, Optional.empty());
      ExampleTokenizer examples = new ExampleTokenizer(format, 1000);
      TokenizedExample example = examples.tokenize(dataset(SYSTEM, ASK, ANSWER)).examples().get(0);
      assertThat(tokenizer.decode(example.ids(), false))
          .isEqualTo("<s>Be brief.\nHow do I list the tables?\nOpen the catalog 差分.</s>");
      assertThat(learnt(tokenizer, example)).containsExactly("Open the catalog 差分.</s>");
      assertThatThrownBy(() -> examples.tokenize(dataset(ASK, ANSWER, MORE, LAST)))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("line 1: The model has no chat template")
          .hasMessageContaining("has 2");
    }
  }

  @Test
  void pretrainingLearnsAllButTheFirstToken() {
    try (Tokenizer tokenizer = tokenizer("metaspace")) {
      PromptFormat format = new PromptFormat(tokenizer, Optional.empty());
      Dataset data = new Dataset(List.of(new Sample.PlainText("old tables", "u", 1)));
      TokenizedExample example = new ExampleTokenizer(format, 100).tokenize(data).examples().get(0);
      assertThat(tokenizer.decode(example.ids(), false)).isEqualTo("<s> old tables</s>");
      assertThat(example.lossTokens()).isEqualTo(example.ids().length - 1);
      assertThat(example.lossMask()[0]).isFalse();
    }
  }

  @Test
  void cutsLongExamplesAndReportsThoseLeftOut() {
    try (Tokenizer tokenizer = tokenizer("byte-level")) {
      PromptFormat format = new PromptFormat(tokenizer, Optional.empty());
      Sample shortOne = new Sample.Conversation(List.of(ASK, ANSWER), "a", 1);
      Sample cut =
          new Sample.Conversation(List.of(ASK, Message.assistant("x ".repeat(50))), "b", 2);
      Sample left = new Sample.Conversation(List.of(Message.user("y ".repeat(50)), ANSWER), "c", 3);
      TokenizedData data =
          new ExampleTokenizer(format, 40).tokenize(new Dataset(List.of(shortOne, cut, left)));
      assertThat(data.examples()).extracting(TokenizedExample::unit).containsExactly("a", "b");
      assertThat(data.truncated()).isEqualTo(1);
      assertThat(data.dropped()).containsExactly(3);
      assertThat(data.longest()).isEqualTo(40);
      assertThat(data.summary())
          .contains("2 examples")
          .contains("1 truncated")
          .contains("1 left out, too long to leave any of the answer (lines [3])");
      assertThatThrownBy(
              () -> new ExampleTokenizer(format, 3).tokenize(new Dataset(List.of(shortOne))))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("raise the maximum length");
    }
  }

  @Test
  void namesTheLineOfAConversationThatTheTemplateRefuses() {
    try (Tokenizer tokenizer = tokenizer("byte-level")) {
      PromptFormat format =
          new PromptFormat(tokenizer, Optional.of(template("mistral-7b-instruct-v0.1")));
      assertThatThrownBy(() -> new ExampleTokenizer(format, 100).tokenize(dataset(ASK, MORE, LAST)))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("1 rows cannot be put into the chat template:\n  line 1: ")
          .hasMessageContaining("roles must alternate");
    }
  }

  @Test
  void aTokenAcrossTheBorderNeverChangesThePrompt() {
    try (Tokenizer tokenizer = tokenizer("byte-level")) {
      ChatTemplate glued =
          ChatTemplate.of("{% for m in messages %}{{ m['content'] }}{% endfor %}", "", "");
      PromptFormat format = new PromptFormat(tokenizer, Optional.of(glued));
      for (int cut : IntStream.range(1, 24).toArray()) {
        String text = "How do I list the tables";
        Message question = Message.user(text.substring(0, cut));
        Message answer = Message.assistant(text.substring(cut));
        TokenizedExample example =
            new ExampleTokenizer(format, 100).tokenize(dataset(question, answer)).examples().get(0);
        int[] prompt = format.prompt(List.of(question));
        assertThat(Arrays.copyOf(example.ids(), prompt.length)).isEqualTo(prompt);
        assertThat(tokenizer.decode(example.ids(), true)).isEqualTo(text);
        assertThat(example.ids()[example.ids().length - 1]).isEqualTo(2);
        assertThat(example.lossTokens()).isEqualTo(example.ids().length - prompt.length);
      }
    }
  }

  @Test
  void anAnswerOfWeightZeroIsReadAndNotLearnt() {
    Tokenizer tokenizer = tokenizer("config-tokens");
    PromptFormat format = new PromptFormat(tokenizer, Optional.of(template("qwen2.5-instruct")));
    List<Message> messages = List.of(ASK, ANSWER, MORE, LAST);
    for (int unlearnt : new int[] {1, 3}) {
      Dataset data =
          new Dataset(List.of(new Sample.Conversation(messages, Set.of(unlearnt), "unit", 1)));
      TokenizedExample example =
          new ExampleTokenizer(format, 1000).tokenize(data).examples().get(0);
      Message other = unlearnt == 1 ? LAST : ANSWER;
      assertThat(learnt(tokenizer, example)).hasSize(1);
      assertThat(learnt(tokenizer, example).get(0)).startsWith(other.content());
    }
  }

  private static final String TOOL_ROW =
      """
      {"tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}], \
      "messages": [{"role": "user", "content": "Weather?"}, \
      {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", \
      "function": {"name": "weather", "arguments": "{\\"place\\": \\"Paris\\"}"}}]}, \
      {"role": "tool", "tool_call_id": "c1", "content": "sunny"}, \
      {"role": "assistant", "content": "Sunny."}]}\
      """;

  private static TokenizedExample tokenized(String row, String template) {
    ReadOptions options = ReadOptions.of(SampleType.INSTRUCT);
    Dataset data = DatasetReading.of("rows", List.of(row).iterator(), options).dataset();
    PromptFormat format =
        new PromptFormat(tokenizer("config-tokens"), Optional.of(template(template)));
    return new ExampleTokenizer(format, 2000).tokenize(data).examples().get(0);
  }

  /** OpenAI's rows: the arguments are a text there, and an object to templates, as to Python's. */
  @Test
  void aCallOfAToolIsLearntAsTheTemplateWritesIt() {
    Tokenizer tokenizer = tokenizer("config-tokens");
    TokenizedExample example = tokenized(TOOL_ROW, "qwen2.5-instruct");
    assertThat(tokenizer.decode(example.ids(), false))
        .contains("<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\"")
        .contains("<tool_response>\nsunny\n</tool_response>");
    List<String> learnt = learnt(tokenizer, example);
    assertThat(learnt).hasSize(2);
    assertThat(learnt.get(0).strip())
        .startsWith(
            """
            <tool_call>
            {"name": "weather", "arguments": {"place": "Paris"}}
            </tool_call>\
            """);
    assertThat(learnt.get(1)).startsWith("Sunny.");
    String call = TOOL_ROW.substring(0, TOOL_ROW.indexOf(", {\"role\": \"tool\"")) + "]}";
    assertThat(learnt(tokenizer, tokenized(call, "qwen2.5-instruct")).get(0).strip())
        .startsWith("<tool_call>\n{\"name\": \"weather\"");
  }

  private static int[] asked(String row, String template) throws IOException {
    PromptRow prompt = PromptRow.of(new ObjectMapper().readTree(row), "a row", "question");
    return new PromptFormat(tokenizer("config-tokens"), Optional.of(template(template)))
        .prompt(prompt.messages(), prompt.tools());
  }

  /** What is sampled from a row is what was learnt from it, with its tools. */
  @Test
  void aRowIsAskedWithTheToolsWithWhichItIsLearnt() throws IOException {
    int[] ids = tokenized(TOOL_ROW, "qwen2.5-instruct").ids();
    int[] prompt = asked(TOOL_ROW, "qwen2.5-instruct");
    assertThat(tokenizer("config-tokens").decode(prompt, false)).contains("\"weather\"");
    assertThat(Arrays.copyOf(ids, prompt.length)).isEqualTo(prompt);
    assertThatThrownBy(() -> asked(TOOL_ROW, "mistral-7b-instruct-v0.1"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("leaves out the row's tools");
  }

  @Test
  void aTemplateThatLeavesOutToolsIsRefused() {
    String call = TOOL_ROW.substring(0, TOOL_ROW.indexOf(", {\"role\": \"tool\"")) + "]}";
    assertThatThrownBy(() -> tokenized(call, "mistral-7b-instruct-v0.1"))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("leaves out the tools' calls");
    String offered =
        "{\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}],"
            + " \"messages\": [{\"role\": \"user\", \"content\": \"a\"},"
            + " {\"role\": \"assistant\", \"content\": \"b\"}]}";
    assertThatThrownBy(() -> tokenized(offered, "mistral-7b-instruct-v0.1"))
        .hasMessageContaining("leaves out the row's tools");
  }
}
