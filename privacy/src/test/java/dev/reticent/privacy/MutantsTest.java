package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
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
    Class<?> checks = loaded(mutant, Conformance.check(mutant.killer()).getDeclaringClass());
    Method check = checks.getDeclaredMethod(mutant.killer());
    check.setAccessible(true);
    assertThatThrownBy(() -> check.invoke(null))
        .as("%s survives %s", mutant.what(), mutant.killer())
        .isInstanceOf(InvocationTargetException.class)
        .satisfies(e -> assertThat(e.getCause()).isNotInstanceOf(LinkageError.class));
  }

  /** A class of this package as it is beside the broken source. */
  static Class<?> loaded(Mutant mutant, Class<?> of) throws Exception {
    String source = Files.readString(SOURCES.resolve(mutant.file() + ".java"));
    assertThat(source.split(java.util.regex.Pattern.quote(mutant.from()), -1))
        .as("'%s' occurs once in %s", mutant.from(), mutant.file())
        .hasSize(2);
    Map<String, byte[]> classes =
        compile(mutant.file(), source.replace(mutant.from(), mutant.to()));
    return new Loader(classes).loadClass(of.getName());
  }

  @Test
  void listOfMutantsIsTrue() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            # Mutants

            A test that would pass on wrong code protects nobody. This page lists wrong versions of the code that makes the
            [privacy promise](privacy.md), and for each the test that notices.

            Each line is the real source of `dev.reticent.privacy` broken in one place. `MutantsTest` makes the
            change, compiles it in memory and expects the named check of `Conformance` to fail; the same check passes
            on the real source (`ConformanceTest`). A test compares this page with the list it runs.

            | mutant | class | killed by |
            | --- | --- | --- |
            """);
    for (Mutant mutant : Mutants.ALL) {
      table.append(
          "| %s | `%s` | `%s` |\n".formatted(mutant.what(), mutant.file(), mutant.killer()));
    }
    assertThat(Files.readString(LIST)).isEqualTo(table + WrongPrograms.table());
  }

  private static Map<String, byte[]> compile(String name, String source) {
    InMemoryCompiler compiled = InMemoryCompiler.compile("dev/reticent/privacy/" + name, source);
    assertThat(compiled.classes()).as("%s compiles: %s", name, compiled.messages()).isNotEmpty();
    return compiled.classes();
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
