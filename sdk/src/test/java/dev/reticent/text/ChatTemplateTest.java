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
import java.util.List;
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
        .hasMessageContaining("cannot be rendered");
  }

  @Test
  void refusesACountedLoopWithAConditionOnlyWhenItIsReached() {
    String loop = "{% for m in messages if m.role == 'user' %}{{ loop.index }}{% endfor %}";
    ChatTemplate reached = ChatTemplate.of("a" + loop, "", "");
    assertThatThrownBy(() -> reached.render(List.of(Message.user("x")), false))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("is not supported");
    ChatTemplate avoided = ChatTemplate.of("a{% if tools %}" + loop + "{% endif %}", "", "");
    assertThat(avoided.render(List.of(Message.user("x")), false)).isEqualTo("a");
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
