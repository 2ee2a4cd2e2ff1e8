package dev.reticent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The projects under src, each built from a folder and a local repository with nothing in it, as on
 * the machine of somebody who has just read README. Reticent comes from a repository that holds the
 * jars of this build and their POMs; all other libraries from this machine's local repository,
 * which stands in for Maven Central.
 */
class ExampleProjectsIT {

  /** What training has no use for, or what would decide for the application. */
  private static final String UNWANTED =
      ".*/(vertx|micrometer|prometheus|simpleclient|picocli|slf4j-(simple|nop|jdk14|reload4j)|netty-codec"
          + "|parquet|openai|okhttp|kotlin|reticent-(cli|server|evaluation|kernel)).*";

  @TempDir Path folder;

  @Test
  void mavenNeedsOneDependency() throws IOException {
    Tool maven = Tool.find("mvn", "apt install maven, brew install maven");
    Path project = Repositories.copy("maven-project", folder);
    String printed =
        maven
            .with("-q", "-B", "-s", Repositories.mavenSettings(folder).toString())
            .with("compile", "exec:exec", "-Dexec.executable=echo", "-Dexec.args=%classpath")
            .in(project);

    List<Path> classpath = classpath(printed);
    assertThat(classpath).noneMatch(entry -> entry.toString().matches(UNWANTED));
    assertThat(names(classpath))
        .contains(
            "jackson-databind-2.18.2.jar", "guava-33.4.0-jre.jar", "logback-classic-1.5.18.jar");
    assertThat(run(classpath, "example.HelpDesk", project))
        .contains(
            "help desk | INFO | example.HelpDesk | ",
            "differentially private with ε = ",
            "bytes of answer")
        .doesNotContain("SLF4J");
  }

  @Test
  void gradleNeedsOneDependency() throws IOException {
    Tool gradle = Tool.find("gradle", "apt install gradle, brew install gradle");
    Path project = Repositories.copy("gradle-project", folder);
    String printed =
        gradle
            .with("-q", "--offline", "--no-daemon", "-g", folder.resolve("gradle").toString())
            .with("-Dmaven.repo.local=" + folder.resolve("local"))
            .with("-I", Repositories.gradleScript(folder).toString(), "classes", "classpath")
            .in(project);

    List<Path> classpath = classpath(printed);
    assertThat(classpath).noneMatch(entry -> entry.toString().matches(UNWANTED));
    assertThat(run(classpath, "example.Budget", project))
        .contains("budget | INFO | example.Budget | 3 steps, within [0.0..8.0]: true")
        .doesNotContain("SLF4J");
  }

  /** JBang resolves as Maven does; so its script is compiled with what its catalog names. */
  @Test
  void theScriptOfJbangCompilesWithTheDependencyItNames() throws IOException {
    Path project = Repositories.copy("jbang", folder);
    assertThat(Files.readString(project.resolve("jbang-catalog.json")))
        .contains("[\"dev.reticent:reticent-sdk:" + Repositories.VERSION + "\"]");
    String printed =
        Tool.ofJdk("javac")
            .with(
                "-Xlint:all,-processing,-path",
                "-proc:none",
                "-d",
                folder.resolve("out").toString())
            .with("-cp", System.getProperty("java.class.path"), "Ask.java")
            .in(project);
    assertThat(printed).isEmpty();
  }

  private static String run(List<Path> classpath, String main, Path project) throws IOException {
    String joined =
        classpath.stream()
            .map(Path::toString)
            .collect(Collectors.joining(System.getProperty("path.separator")));
    return Tool.ofJdk("java")
        .with(
            "-Xmx1g",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-cp",
            joined,
            main)
        .in(project);
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(path -> path.getFileName().toString()).toList();
  }

  /** The class path that a build tool printed as one line among its others. */
  private static List<Path> classpath(String printed) {
    String line =
        printed.lines().filter(text -> text.contains("reticent-sdk-")).findFirst().orElse("");
    assertThat(line).as(printed).isNotEmpty();
    return Arrays.stream(line.trim().split(System.getProperty("path.separator")))
        .map(Path::of)
        .toList();
  }
}
