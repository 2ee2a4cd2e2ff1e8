package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
