package dev.reticent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a model is all that a row asks, in any layout. */
class PromptRowTest {
  @TempDir Path folder;

  private List<Message> asked(String row) throws IOException {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), row.replace('\'', '"'));
    return PromptRow.read(file, "question").get(0).messages();
  }

  @Test
  void earlierTurnsAndSystemMessagesAreAskedToo() throws IOException {
    assertThat(
            asked(
                "{'messages': [{'role': 'system', 'content': 's'}, {'role': 'user', 'content':"
                    + " 'a'}, {'role': 'assistant', 'content': 'b'}, {'role': 'user', 'content':"
                    + " 'c'}, {'role': 'assistant', 'content': 'd'}]}"))
        .containsExactly(
            Message.system("s"), Message.user("a"), Message.assistant("b"), Message.user("c"));
    assertThat(asked("{'system_prompt': 's', 'question': 'q', 'response': 'r'}"))
        .containsExactly(Message.system("s"), Message.user("q"));
    assertThat(asked("{'instruction': 'q', 'input': 'i', 'output': 'r'}"))
        .containsExactly(Message.user("q\n\ni"));
    assertThat(asked("{'prompt': 'q'}")).containsExactly(Message.user("q"));
  }

  @Test
  void aRowThatAsksNothingIsNamed() {
    assertThatThrownBy(() -> asked("{'ask': 'q'}"))
        .hasMessageContaining("line 1: nothing is asked; name the column with question_field");
  }
}
