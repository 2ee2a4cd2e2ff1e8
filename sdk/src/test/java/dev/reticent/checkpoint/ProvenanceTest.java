package dev.reticent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
  @TempDir Path folder;

  @Test
  void provenanceComesBackFromItsFile() throws IOException {
    Provenance here =
        Provenance.here(Map.of("reticent", "0.1.0")).with("config", Provenance.digest("abc"));
    here.write(folder);
    assertThat(Provenance.read(folder)).isEqualTo(here);
    assertThat(here.versions()).containsEntry("reticent", "0.1.0").containsKey("jdk");
    assertThat(here.machine()).containsKeys("os", "architecture", "processors");
    // FIPS 180-2, appendix B.1
    assertThat(here.digests())
        .containsEntry(
            "config", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void theDigestOfAFolderIsThatOfTheListSha256sumPrints() throws IOException {
    Files.writeString(folder.resolve("b"), "abc");
    Files.createDirectory(folder.resolve("a"));
    Files.writeString(folder.resolve("a/z"), "");
    String list =
        """
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a/z
        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b
        """;
    assertThat(Provenance.digest(folder)).isEqualTo(Provenance.digest(list));
    assertThat(Provenance.digest(folder.resolve("b"))).isEqualTo(Provenance.digest("abc"));
    Files.writeString(folder.resolve("b"), "abd");
    assertThat(Provenance.digest(folder)).isNotEqualTo(Provenance.digest(list));
  }
}
