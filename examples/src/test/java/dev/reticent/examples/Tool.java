package dev.reticent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.testing.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A program of this machine with the words that it is given. */
record Tool(List<String> words) {

  /** One on the PATH. Where there is none the test is skipped; with CI=true it fails. */
  static Tool find(String name, String cure) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Optional<Path> found =
        Arrays.stream(path.split(System.getProperty("path.separator")))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isEmpty()) {
      Command.missing("needs " + name + " on the PATH: " + cure);
    }
    return new Tool(List.of(found.orElseThrow().toString()));
  }

  /** One of the JDK that runs the test. */
  static Tool ofJdk(String name) {
    return new Tool(List.of(Path.of(System.getProperty("java.home"), "bin", name).toString()));
  }

  Tool with(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Tool(all);
  }

  /** What it prints in this folder, without colors; a failure of the program is one of the test. */
  String in(Path folder) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .replaceAll("\u001B\\[[0-9;]*m", "");
    try {
      assertThat(process.waitFor()).as(words + "\n" + printed).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return printed;
  }
}
