package dev.reticent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whose classes are in a jar that holds those of others. */
public final class ThirdParties {

  /** Libraries say who they are by the POM that Maven puts into their jars. */
  private static final Pattern POM = Pattern.compile("META-INF/maven/([^/]+)/([^/]+)/pom\\.xml");

  /** Netty holds it under a name of its own and answers for it. */
  private static final String WITHIN_NETTY = "org.jctools:jctools-core";

  /** In the list of libraries: all under other licences than Apache's, which the jar has itself. */
  private static final Pattern OTHER_LICENCE =
      Pattern.compile("(?m)^ +\\((?:(?!Apache).)*\\([^:()]+:([^:()]+):([^: ()]+) - [^()]*\\)$");

  /** It gives up all rights, so nothing has to go with it. */
  private static final String PUBLIC_DOMAIN = "LatencyUtils";

  private ThirdParties() {}

  /** Each library in the jar is in its list, with a licence. */
  public static void assertListed(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      JarEntry list = jar.getJarEntry("META-INF/THIRD-PARTY");
      assertThat(list).as("META-INF/THIRD-PARTY").isNotNull();
      String text = new String(jar.getInputStream(list).readAllBytes(), StandardCharsets.UTF_8);
      List<String> held =
          jar.stream()
              .map(entry -> POM.matcher(entry.getName()))
              .filter(Matcher::matches)
              .map(match -> match.group(1) + ":" + match.group(2))
              .filter(name -> !name.startsWith("dev.reticent:") && !name.equals(WITHIN_NETTY))
              .toList();
      assertThat(held).hasSizeGreaterThan(3);
      for (String name : held) {
        assertThat(text.lines())
            .as(name)
            .anyMatch(line -> line.matches(" +\\(.+\\) .+ \\(" + Pattern.quote(name) + ":.+"));
      }
      Matcher other = OTHER_LICENCE.matcher(text);
      Set<String> folders =
          jar.stream()
              .map(entry -> entry.getName().replaceAll("/[^/]+$", ""))
              .collect(Collectors.toSet());
      while (other.find()) {
        if (!other.group(1).equals(PUBLIC_DOMAIN)) {
          assertThat(folders)
              .contains("META-INF/licenses/" + other.group(1) + "-" + other.group(2));
        }
      }
      assertThat(folders)
          .contains(
              "META-INF/licenses/libtorch", "META-INF/licenses/onemkl", "META-INF/licenses/gcc");
      // DJL's jars hold no POM, and libtorch is not in them.
      assertThat(text).contains("ai.djl.pytorch:pytorch-native-cpu").doesNotContain("dev.reticent");
    }
  }
}
