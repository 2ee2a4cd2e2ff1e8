package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in checkouts that are there for this test, with a Maven that writes down what it is
 * asked and fails: what it would build is under test here, and the build itself elsewhere.
 */
class LauncherTest {
  private static final String MAVEN = "#!/bin/sh\necho \"$@\" > \"$ASKED\"\nexit 1\n";

  @TempDir Path folder;

  @BeforeEach
  void aShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs /bin/sh");
  }

  @Test
  void itBuildsWhatItRunsAndNeverTheNotebooksJar() throws IOException {
    Path checkout = checkout("here");
    assertThat(launch(checkout)).contains("building", "the build failed");
    assertThat(Files.readString(folder.resolve("asked")))
        .contains("-pl", "sdk,columnar,server,cli", "package")
        .doesNotContain("notebook", "examples", "tools");
  }

  @Test
  void aCopiedCheckoutBuildsItsOwnJarsInsteadOfRunningTheOldOnes() throws IOException {
    Path old = checkout("old");
    Path jar = Files.writeString(old.resolve("old.jar"), "");
    Path copy = checkout("copy");
    for (Path place : new Path[] {old, copy}) {
      Path state = Files.createDirectories(place.resolve("target").resolve("launcher"));
      Files.writeString(state.resolve("classpath"), jar.toString());
      Files.writeString(state.resolve("here"), old.toRealPath() + "\n");
      Files.writeString(state.resolve("started"), "");
    }
    assertThat(launch(old)).contains("dev.reticent.cli.Main").doesNotContain("building");
    assertThat(launch(copy)).contains("building", "the build failed");
  }

  /** Maven itself makes jars anew, and says nothing to the launcher. */
  @Test
  void classesKeptOfOtherJarsAreMadeAnewAndNeverSpokenOf() throws IOException {
    Path place = checkout("here");
    Path jar = Files.writeString(place.resolve("own.jar"), "");
    Path state = Files.createDirectories(place.resolve("target").resolve("launcher"));
    Files.writeString(state.resolve("classpath"), jar.toString());
    Files.writeString(state.resolve("here"), place.toRealPath() + "\n");
    Files.writeString(state.resolve("started"), "");
    Path kept = Files.writeString(state.resolve("classes.jsa"), "of other jars");
    assertThat(launch(place)).contains("dev.reticent.cli.Main").doesNotContain("archive");
    assertThat(kept).hasContent("of other jars");
    Instant later = Files.getLastModifiedTime(kept).toInstant().plusSeconds(5);
    Files.setLastModifiedTime(jar, FileTime.from(later));
    assertThat(launch(place)).contains("dev.reticent.cli.Main").doesNotContain("archive");
    assertThat(kept).as("made anew, which an empty jar does not let").doesNotExist();
  }

  private Path checkout(String name) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    Files.copy(Path.of("..", "reticent"), place.resolve("reticent"));
    Files.writeString(place.resolve("pom.xml"), "");
    return place;
  }

  private String launch(Path checkout) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path maven = Files.writeString(bin.resolve("mvn"), MAVEN);
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", checkout.resolve("reticent").toString(), "--help")
            .redirectErrorStream(true);
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("ASKED", folder.resolve("asked").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
