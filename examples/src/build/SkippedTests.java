import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Prints which tests were skipped and why, from the reports of all modules: the end of a build. */
class SkippedTests {

  /**
   * @param arguments the project's folder, and when the build began
   */
  public static void main(String[] arguments) throws Exception {
    Map<String, List<String>> skipped = new TreeMap<>();
    DocumentBuilder xml = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    for (Path report : reports(Path.of(arguments[0]), Instant.parse(arguments[1]))) {
      NodeList cases = xml.parse(report.toFile()).getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        NodeList why = test.getElementsByTagName("skipped");
        if (why.getLength() > 0) {
          String name = test.getAttribute("classname").replaceFirst(".*\\.", "");
          skipped
              .computeIfAbsent(reason((Element) why.item(0)), reason -> new ArrayList<>())
              .add(name + "." + test.getAttribute("name"));
        }
      }
    }
    if (skipped.isEmpty()) {
      System.out.println("No test was skipped.");
    }
    skipped.forEach(
        (reason, tests) -> {
          System.out.println("Skipped, " + tests.size() + " of them: " + reason);
          tests.stream().sorted().forEach(test -> System.out.println("    " + test));
        });
  }

  private static List<Path> reports(Path project, Instant begin) throws IOException {
    List<Path> reports = new ArrayList<>();
    try (Stream<Path> files = Files.walk(project, 5)) {
      for (Path file : files.filter(SkippedTests::isReport).sorted().toList()) {
        if (!Files.getLastModifiedTime(file).toInstant().isBefore(begin)) {
          reports.add(file);
        }
      }
    }
    return reports;
  }

  private static boolean isReport(Path file) {
    Path name = file.getFileName();
    return name.toString().matches("TEST-.*\\.xml")
        && file.getParent().getFileName().toString().matches("(surefire|failsafe)-reports");
  }

  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    return message.isBlank() ? "no reason was given" : message.strip();
  }
}
