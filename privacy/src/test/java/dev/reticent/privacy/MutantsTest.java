package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Breaks the real source in one place, compiles it in memory and expects a check of {@link
 * Conformance} to fail. docs/mutants.md is the list.
 */
class MutantsTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/reticent/privacy");
  private static final Path LIST = Path.of("../docs/mutants.md");

  /**
   * @param what what is broken
   * @param file the class that is changed
   * @param from text that occurs once in it
   * @param killer the check that fails
   */
  record Mutant(String what, String file, String from, String to, String killer) {}

  @TestFactory
  Stream<DynamicTest> everyMutantIsKilled() {
    assertThat(Mutants.ALL).hasSizeGreaterThanOrEqualTo(25);
    return Mutants.ALL.stream()
        .map(mutant -> DynamicTest.dynamicTest(mutant.what(), () -> expectKilled(mutant)));
  }

  private static void expectKilled(Mutant mutant) throws Exception {
    String source = Files.readString(SOURCES.resolve(mutant.file() + ".java"));
    assertThat(source.split(java.util.regex.Pattern.quote(mutant.from()), -1))
        .as("'%s' occurs once in %s", mutant.from(), mutant.file())
        .hasSize(2);
    Map<String, byte[]> classes =
        compile(mutant.file(), source.replace(mutant.from(), mutant.to()));
    Class<?> checks = new Loader(classes).loadClass(Conformance.class.getName());
    Method check = checks.getDeclaredMethod(mutant.killer());
    check.setAccessible(true);
    assertThatThrownBy(() -> check.invoke(null))
        .as("%s survives %s", mutant.what(), mutant.killer())
        .isInstanceOf(InvocationTargetException.class)
        .satisfies(e -> assertThat(e.getCause()).isNotInstanceOf(LinkageError.class));
  }

  /** The types alone refuse what must not be written. */
  @Test
  void programsThatGoAroundTheMechanismDoNotCompile() {
    String right = "return batch.accumulator(new Clipping.Flat(1), 2).finish();";
    assertThat(errors("ClippedSum", right)).isEmpty();
    assertThat(errors("ClippedSum", "return new ClippedSum(null, 0, null, null, 1, null);"))
        .contains("not public");
    assertThat(errors("NoisySum", "return new NoisySum(0, null, new long[1], null, 0, 1);"))
        .contains("not public");
    assertThat(errors("MeanGradient", "return new NoisyMean(new float[1]);"))
        .contains("not public");
    assertThat(errors("MeanGradient", "return () -> new float[1];")).contains("incompatible");
    assertThat(errors("MeanGradient", "return " + right.substring(7))).contains("incompatible");
    assertThat(errors("PoissonBatch", "return new PoissonBatch(null, 0, new int[0]);"))
        .contains("not public");
    assertThat(errors("long[]", right.replace("finish()", "finish().take()")))
        .contains("not public");
  }

  @Test
  void listOfMutantsIsTrue() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            # Mutants

            Each line is the real source of `dev.reticent.privacy` broken in one place. `MutantsTest` makes the
            change, compiles it in memory and expects the named check of `Conformance` to fail; the same check
            passes on the real source (`ConformanceTest`). A test compares this page with the list it runs.

            | mutant | class | killed by |
            | --- | --- | --- |
            """);
    for (Mutant mutant : Mutants.ALL) {
      table.append(
          "| %s | `%s` | `%s` |\n".formatted(mutant.what(), mutant.file(), mutant.killer()));
    }
    assertThat(Files.readString(LIST)).isEqualTo(table.toString());
  }

  private static String errors(String type, String body) {
    String source =
        "package outside; import dev.reticent.privacy.*; class Program { %s make(PoissonBatch batch) { %s } }"
            .formatted(type, body);
    StringWriter messages = new StringWriter();
    compileTo(new HashMap<>(), "outside/Program", source, messages);
    return messages.toString();
  }

  private static Map<String, byte[]> compile(String name, String source) {
    Map<String, byte[]> classes = new HashMap<>();
    StringWriter messages = new StringWriter();
    compileTo(classes, "dev/reticent/privacy/" + name, source, messages);
    assertThat(classes).as("%s compiles: %s", name, messages).isNotEmpty();
    return classes;
  }

  private static void compileTo(
      Map<String, byte[]> classes, String name, String source, StringWriter messages) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    JavaFileManager files =
        new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location,
              String className,
              JavaFileObject.Kind kind,
              javax.tools.FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + className + ".class"), kind) {
              @Override
              public OutputStream openOutputStream() {
                return new ByteArrayOutputStream() {
                  @Override
                  public void close() {
                    classes.put(className, toByteArray());
                  }
                };
              }
            };
          }
        };
    List<String> options =
        List.of("-proc:none", "-implicit:none", "-cp", System.getProperty("java.class.path"));
    compiler.getTask(messages, files, null, options, null, List.of(unit)).call();
  }

  /** Loads the package anew, with the mutated classes in place of the real ones. */
  private static final class Loader extends ClassLoader {

    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(MutantsTest.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null && name.startsWith("dev.reticent.privacy.")) {
          byte[] bytes = changed.containsKey(name) ? changed.get(name) : original(name);
          loaded = defineClass(name, bytes, 0, bytes.length);
        }
        return loaded == null ? super.loadClass(name, resolve) : loaded;
      }
    }

    private byte[] original(String name) throws ClassNotFoundException {
      try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
