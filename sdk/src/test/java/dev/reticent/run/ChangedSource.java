package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * All of Reticent loaded anew, with one class of {@code dev.reticent.privacy} compiled from a
 * changed source in place of the real one.
 */
final class ChangedSource extends ClassLoader {

  private static final String OURS = "dev.reticent.";
  private static final Path SOURCES = Path.of("../privacy/src/main/java/dev/reticent/privacy");

  private final Path changed;

  private ChangedSource(Path changed) {
    super(ChangedSource.class.getClassLoader());
    this.changed = changed;
  }

  /**
   * @param file the class that is changed
   * @param from text that occurs once in it
   * @param scratch an empty folder
   */
  static ChangedSource of(String file, String from, String to, Path scratch) throws IOException {
    String source = Files.readString(SOURCES.resolve(file + ".java"));
    assertThat(source.split(Pattern.quote(from), -1))
        .as("'%s' occurs once in %s", from, file)
        .hasSize(2);
    Path java = Files.createDirectories(scratch.resolve("source")).resolve(file + ".java");
    Path classes = Files.createDirectories(scratch.resolve("classes"));
    Files.writeString(java, source.replace(from, to));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-proc:none",
            "-implicit:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjects(java);
      assertThat(compiler.getTask(null, files, null, options, null, units).call())
          .as("%s compiles with '%s'", file, to)
          .isTrue();
    }
    return new ChangedSource(classes);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && name.startsWith(OURS)) {
        byte[] bytes = bytes(name.replace('.', '/') + ".class");
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  private byte[] bytes(String place) throws ClassNotFoundException {
    Path file = changed.resolve(place);
    try (InputStream in =
        Files.exists(file) ? Files.newInputStream(file) : getParent().getResourceAsStream(place)) {
      if (in == null) {
        throw new ClassNotFoundException(place);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(place, e);
    }
  }
}
