package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {

  @TempDir Path folder;

  @Test
  void copiedTokenizerMayBeReadByWhoeverMayReadTheRunsOtherFiles() throws IOException {
    Assumptions.assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "needs a file system with POSIX permissions");
    Path model = Files.createDirectory(folder.resolve("model"));
    Path secret = Files.writeString(model.resolve("tokenizer.json"), "{}");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    RunFolder run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    run.write(RunFile.CONFIG, "seed: 0\n");
    run.copyTokenizer(model);
    assertThat(run.path().resolve("tokenizer.json")).hasContent("{}");
    assertThat(Files.getPosixFilePermissions(run.path().resolve("tokenizer.json")))
        .isEqualTo(Files.getPosixFilePermissions(run.path().resolve("config.yaml")));
  }

  /** Whatever form the tokenizer has, and all of it in the catalogue that a run is held against. */
  @ParameterizedTest
  @ValueSource(strings = {"tekken", "bpe-prefix", "unigram"})
  void aRunReadsTextAsItsBaseModelDoesWithoutThatModel(String tokenizer) throws IOException {
    Path model = Path.of("src/test/resources/tokenizers", tokenizer);
    RunFolder run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    run.copyTokenizer(model);
    try (Tokenizer base = Tokenizer.open(model);
        Tokenizer own = Tokenizer.open(run.path())) {
      String text = "Größe  of the data\n";
      assertThat(own.encode(text, true)).isEqualTo(base.encode(text, true));
    }
    assertThat(run.names()).isNotEmpty().allMatch(name -> RunFile.of(name).isPresent());
  }
}
