package dev.reticent.examples;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the projects find Reticent and all else, without asking anybody outside. */
final class Repositories {

  static final String VERSION = System.getProperty("examples.version", "");

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path LIBRARIES = Path.of(System.getProperty("examples.libraries", ""));

  private Repositories() {}

  /** A copy of one of the projects, in a folder of its own. */
  static Path copy(String project, Path folder) throws IOException {
    Path from = Path.of("src", project);
    Path to = folder.resolve(project);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }

  /** Settings with an empty local repository and two repositories that are folders. */
  static Path mavenSettings(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("settings.xml"),
        """
        <settings>
          <localRepository>%s</localRepository>
          <mirrors>
            <mirror><id>libraries</id><mirrorOf>*,!reticent</mirrorOf><url>%s</url></mirror>
          </mirrors>
          <profiles>
            <profile>
              <id>reticent</id>
              <repositories>
                <repository><id>reticent</id><url>%s</url></repository>
              </repositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>reticent</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(folder.resolve("local"), LIBRARIES.toUri(), built(folder).toUri()));
  }

  /** The same for Gradle, and a task that prints the class path. */
  static Path gradleScript(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("repositories.gradle"),
        """
        allprojects {
            repositories.all { if (!(it.url.scheme == 'file')) repositories.remove(it) }
            repositories {
                maven { url '%s' }
                maven { url '%s' }
            }
            task classpath { doLast { println sourceSets.main.runtimeClasspath.asPath } }
        }
        """
            .formatted(built(folder).toUri(), LIBRARIES.toUri()));
  }

  /** A repository of the modules of this build, as deploying them would make it. */
  private static Path built(Path folder) throws IOException {
    Path repository = folder.resolve("repository");
    Path group = repository.resolve("dev/reticent");
    publish(group, "reticent", ROOT.resolve("pom.xml"), "pom");
    try (DirectoryStream<Path> modules =
        Files.newDirectoryStream(ROOT, module -> Files.isRegularFile(module.resolve("pom.xml")))) {
      for (Path module : modules) {
        for (Path jar : jars(module.resolve("target"))) {
          String name = jar.getFileName().toString().replace("-" + VERSION + ".jar", "");
          publish(group, name, jar, "jar");
          publish(group, name, module.resolve("pom.xml"), "pom");
        }
      }
    }
    return repository;
  }

  private static List<Path> jars(Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-" + VERSION + ".jar"))
          .toList();
    }
  }

  private static void publish(Path group, String name, Path file, String kind) throws IOException {
    Path place = Files.createDirectories(group.resolve(name).resolve(VERSION));
    Files.copy(file, place.resolve(name + "-" + VERSION + "." + kind));
  }
}
