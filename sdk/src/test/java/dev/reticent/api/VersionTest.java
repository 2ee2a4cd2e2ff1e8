package dev.reticent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** What runs and commands say of themselves is what the build is called. */
class VersionTest {

  @Test
  void theVersionIsTheBuilds() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("..", "pom.xml").toFile());
    assertThat(Version.OF_RETICENT)
        .isEqualTo(XPathFactory.newInstance().newXPath().evaluate("/project/version", pom));
  }
}
