package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard asks for numbers that the server has. */
class DashboardTest {
  private static final Pattern NAME = Pattern.compile("\\b(?:reticent|vertx|jvm|process)_\\w+");
  private static final Pattern LABELS = Pattern.compile("by \\(([^)]*)\\)");

  @Test
  void everyQueryNamesMetricsAndLabelsOfTheServer() throws IOException {
    JsonNode dashboard =
        Http.JSON.readTree(Path.of("..", "deploy", "grafana-dashboard.json").toFile());
    Set<String> names = new TreeSet<>();
    Set<String> labels = new TreeSet<>();
    List<String> queries = dashboard.get("panels").findValuesAsText("expr");
    for (String query : queries) {
      Matcher named = NAME.matcher(query);
      while (named.find()) {
        names.add(named.group());
      }
      Matcher grouped = LABELS.matcher(query);
      while (grouped.find()) {
        labels.addAll(List.of(grouped.group(1).split(", ")));
      }
    }
    assertThat(names).hasSizeGreaterThan(20);
    try (SamplingServer server = Servers.scripted(Servers.OPTIONS, 2, Servers.endless(0))) {
      Http http = new Http(server);
      System.gc(); // a pause is counted from the first on
      http.ok(
          Http.CHAT,
          "{'model':'scripted','messages':[{'role':'user','content':'x'}],'max_tokens':3}");
      String metrics = http.get("metrics").body();
      Set<String> there =
          metrics
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.replaceFirst("[ {].*", ""))
              .collect(Collectors.toSet());
      assertThat(there).containsAll(names);
      assertThat(labels).allSatisfy(label -> assertThat(metrics).contains(label + "=\""));
    }
  }

  @Test
  void theContainerStartsWhatIsInTheRepository() throws IOException {
    String file = Files.readString(Path.of("..", "deploy", "Containerfile"));
    assertThat(Path.of("..", "reticent")).isExecutable();
    assertThat(Path.of("..", "configs", "serve.yaml")).isRegularFile();
    assertThat(file).contains("configs/serve.yaml");
    Set<String> keys = new TreeSet<>();
    Matcher key = Pattern.compile("serving\\.(\\w+)=").matcher(file);
    while (key.find()) {
      keys.add(key.group(1));
    }
    assertThat(keys).containsExactly("api_key_file", "host");
  }

  /** Runs, keys and data lie beside the sources from which an image is built. */
  @Test
  void nothingOfUsersGoesIntoTheImage() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("..", ".dockerignore")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(lines.get(0)).isEqualTo("*");
    Set<String> taken =
        lines.stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> wanted =
        new TreeSet<>(List.of(".mvn", "LICENSE", "configs", "pom.xml", "reticent"));
    Matcher module =
        Pattern.compile("<module>([^/<]+)").matcher(Files.readString(Path.of("..", "pom.xml")));
    while (module.find()) {
      wanted.add(module.group(1));
    }
    assertThat(taken).isEqualTo(wanted);
  }
}
