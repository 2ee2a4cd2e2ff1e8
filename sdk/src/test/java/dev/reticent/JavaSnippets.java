package dev.reticent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The Java that README and docs show, compiled with what the calling test has on its class path.
 */
public final class JavaSnippets {

  private static final Pattern FENCE = Pattern.compile("(?s)```java\\n(.*?)```");

  private JavaSnippets() {}

  /** README and the pages of docs. */
  public static List<Path> pages(Path root) throws IOException {
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** A block of a page. */
  public record Snippet(String page, String code) {

    public boolean mentions(String regex) {
      return Pattern.compile(regex).matcher(code).find();
    }

    /**
     * Fails with the compiler's words.
     *
     * @param packages what a reader imports
     * @param given by page, the variables that its text speaks of before the block
     */
    public void assertCompiles(List<String> packages, Map<String, String> given) {
      String imports =
          Stream.concat(Stream.of("java.nio.file", "java.util"), packages.stream())
              .map(name -> "import " + name + ".*;\n")
              .collect(Collectors.joining());
      String variables = given.getOrDefault(page, "");
      String body =
          code.startsWith("@")
              ? code
              : "void snippet(%s) throws Exception {\n%s}\n".formatted(variables, code);
      String source = imports + "class Snippet {\n" + body + "}\n";
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
      List<String> options = List.of("-proc:none", "-implicit:none");
      compiler
          .getTask(null, null, said, checkOnly(options), null, List.of(new Source(source)))
          .call();
      assertThat(said.getDiagnostics())
          .as(page + "\n" + source)
          .noneMatch(words -> words.getKind() == Diagnostic.Kind.ERROR);
    }

    /** Types are checked, and no class file is written. */
    private static List<String> checkOnly(List<String> options) {
      List<String> all = new ArrayList<>(options);
      all.addAll(
          List.of("-XDshould-stop.ifNoError=FLOW", "-cp", System.getProperty("java.class.path")));
      return all;
    }
  }

  /** All blocks of Java there are. */
  public static List<Snippet> all(Path root) throws IOException {
    List<Snippet> all = new ArrayList<>();
    for (Path page : pages(root)) {
      Matcher fence = FENCE.matcher(Files.readString(page));
      while (fence.find()) {
        all.add(new Snippet(page.getFileName().toString(), fence.group(1)));
      }
    }
    assertThat(all).hasSizeGreaterThan(5);
    return all;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Snippet.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
