package dev.reticent.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {
  private static final Clock DAY =
      Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  private static byte[] resource(String name) {
    try (InputStream in = ChatTemplateTest.class.getResourceAsStream("templates/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The oracle is transformers 5.23: see src/test/python/chat_templates.py. */
  static Stream<Arguments> renderedByTransformers() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(resource("expected.json"));
    return StreamSupport.stream(cases.spliterator(), false)
        .map(
            node ->
                Arguments.of(
                    node.get("template").asText(),
                    node.get("conversation").asText(),
                    node.get("add_generation_prompt").asBoolean(),
                    node));
  }

  @ParameterizedTest(name = "{0}: {1}, prompt {2}")
  @MethodSource("renderedByTransformers")
  void rendersPublishedTemplatesAsTransformersDoes(
      String template, String conversation, boolean prompt, JsonNode node) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : node.get("messages")) {
      messages.add(new Message(message.get("role").asText(), message.get("content").asText()));
    }
    String source = new String(resource(template), StandardCharsets.UTF_8);
    ChatTemplate chat = ChatTemplate.of(source, "<s>", "</s>").at(DAY);
    if (node.has("error")) {
      assertThatThrownBy(() -> chat.render(messages, prompt))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("refuses the conversation: " + node.get("error").asText());
    } else {
      assertThat(chat.render(messages, prompt)).isEqualTo(node.get("text").asText());
    }
  }

  @Test
  void takesTheFileBeforeTheConfigAndTheTokensFromTheConfig() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<B>\"}, \"eos_token\": \"<E>\","
            + " \"chat_template\": \"config {{ bos_token }}\"}");
    assertThat(ChatTemplate.read(folder).render(List.of(), false)).isEqualTo("config <B>");
    Files.writeString(folder.resolve("chat_template.jinja"), "file {{ eos_token }}\n");
    assertThat(ChatTemplate.read(folder).render(List.of(), false)).isEqualTo("file <E>");
  }

  @Test
  void takesTheDefaultOfNamedTemplates() throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(
        config,
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"},"
            + " {\"name\": \"default\", \"template\": \"d\"}]}");
    assertThat(ChatTemplate.read(folder).render(List.of(), false)).isEqualTo("d");
    Files.writeString(config, "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"t\"}]}");
    assertThatThrownBy(() -> ChatTemplate.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("without an entry named \"default\"");
  }

  @Test
  void saysThatAFolderHasNoTemplate() {
    assertThat(ChatTemplate.find(folder)).isEmpty();
    assertThatThrownBy(() -> ChatTemplate.read(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("has no chat template")
        .hasMessageContaining("chat_template.jinja");
  }

  @Test
  void namesTheLineOfATemplateThatCannotBeRendered() {
    ChatTemplate broken = ChatTemplate.of("a\nb {{ messages | }}", "", "");
    assertThatThrownBy(() -> broken.render(List.of(), false))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("cannot be read: expected a name, found '}}'");
  }

  @Test
  void countsTheTurnsOfALoopWithACondition() {
    ChatTemplate loop =
        ChatTemplate.of(
            "{% for m in messages if m.role == 'user' %}{{ loop.index }}/{{ loop.length"
                + " }}{% endfor %}",
            "", "");
    List<Message> messages =
        List.of(Message.system("s"), Message.user("a"), Message.assistant("b"), Message.user("c"));
    assertThat(loop.render(messages, false)).isEqualTo("1/22/2");
  }

  @Test
  void refusesByNameAndLineWhatItDoesNotKnowOnceItIsReached() {
    ChatTemplate unknown =
        ChatTemplate.of("a\n{% if tools %}{{ 'x'.encode() }}{% endif %}", "", "");
    assertThat(unknown.render(List.of(), false)).isEqualTo("a\n");
    assertThatThrownBy(
            () -> unknown.render(List.of(), Map.of("tools", List.of(Map.of("a", 1))), false))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("the method 'encode' of a str is not supported");
  }

  @Test
  void leavesEveryCharacterOfAMessageAsItIs() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c < 0x30000; c++) {
      all.append(c >= 0xD800 && c < 0xE000 ? "" : Character.toString(c));
    }
    for (String template :
        List.of(
            "{{ messages[0]['content'] }}",
            "{% for m in messages %}{{ '<' ~ m.content ~ '>' }}{% endfor %}",
            "{% set c = messages[0].content + '' %}{% set d %}{{ c }}{% endset %}{{ d }}",
            "{% macro say(m) %}{{ m.content | string }}{% endmacro %}{{ say(messages[0]) }}")) {
      String text =
          ChatTemplate.of(template, "", "").render(List.of(Message.user(all.toString())), false);
      assertThat(text).contains(all);
    }
  }

  @Test
  void trimsWhatPythonCountsAsSpace() {
    ChatTemplate trims = ChatTemplate.of("{{ messages[0].content | trim }}", "", "");
    assertThat(trims.render(List.of(Message.user("\u00a0\u3000hi\u2003\u001c\u0085")), false))
        .isEqualTo("hi");
    assertThat(trims.render(List.of(Message.user("\u200bhi\ufeff")), false))
        .isEqualTo("\u200bhi\ufeff");
  }

  @Test
  void showsTheKeysOfAMessageInTheirOrder() {
    ChatTemplate prints = ChatTemplate.of("{{ messages | tojson }}", "", "");
    assertThat(prints.render(List.of(Message.user("x")), false))
        .isEqualTo("[{\"role\": \"user\", \"content\": \"x\"}]");
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", null);
    message.put("tool_calls", List.of());
    message.put("a", 1);
    assertThat(prints.render(List.of(message), Map.of(), false))
        .isEqualTo("[{\"role\": \"assistant\", \"content\": null, \"tool_calls\": [], \"a\": 1}]");
  }

  @Test
  void hasToolsAndDocumentsAsNullAndTakesAnyVariable() {
    ChatTemplate prints =
        ChatTemplate.of("{{ tools }} {{ documents is defined }} {{ thinking }}", "", "");
    assertThat(prints.render(List.of(), false)).isEqualTo("None True ");
    assertThat(prints.render(List.of(), Map.of("tools", List.of(1), "thinking", true), false))
        .isEqualTo("[1] True True");
  }

  @Test
  void readsReasoningUnderBothOfItsNames() {
    ChatTemplate prints =
        ChatTemplate.of("{{ messages[0].thinking }}{{ messages[0].reasoning_content }}", "", "");
    assertThat(
            prints.render(List.of(Map.of("role", "assistant", "reasoning", "r")), Map.of(), false))
        .isEqualTo("rr");
  }

  @Test
  void takesTheTemplateForToolsWhereThereAreTools() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t{{ tools | length }}\"},"
            + " {\"name\": \"default\", \"template\": \"d\"}]}");
    ChatTemplate both = ChatTemplate.read(folder);
    assertThat(both.render(List.of(), false)).isEqualTo("d");
    assertThat(both.render(List.of(), Map.of("tools", List.of(1, 2)), false)).isEqualTo("t2");
  }

  @Test
  void givesTemplatesNoWayToJavaClasses() {
    ChatTemplate curious =
        ChatTemplate.of("{{ 'a'.getClass().forName('java.lang.Runtime') }}", "", "");
    assertThatThrownBy(() -> curious.render(List.of(), false))
        .isInstanceOf(UserInputException.class);
  }

  @Test
  void reportsConfigThatIsNotJson() throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\n \"a\": }");
    assertThatThrownBy(() -> ChatTemplate.find(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("tokenizer_config.json: not valid JSON")
        .hasMessageContaining("line 2");
  }
}
