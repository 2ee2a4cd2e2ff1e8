package dev.reticent.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Files of a run, each replaced whole. */
public record RunFolder(Path path) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  void write(String name, String text) throws IOException {
    Path part = path.resolve("." + name + ".part");
    Files.writeString(part, text);
    Files.move(
        part,
        path.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  void write(String name, ObjectNode node) throws IOException {
    write(name, JSON.writeValueAsString(node) + "\n");
  }

  /** Copies the files that make the adapter usable without its base folder's tokenizer. */
  void copyTokenizer(Path model) throws IOException {
    for (String name :
        new String[] {
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja"
        }) {
      Path source = model.resolve(name);
      if (Files.exists(source)) {
        // As a stream, so that the copy has the permissions of a new file and not the source's.
        try (InputStream in = Files.newInputStream(source)) {
          Files.copy(in, path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** Removes the folder and the files in it. */
  public void remove() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(path);
  }
}
