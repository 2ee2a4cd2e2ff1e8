package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.privacy.disclosure.Catalogue;
import dev.reticent.privacy.disclosure.Disclosed;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may leave, as docs/privacy.md tells it and as the code does it. */
class CataloguePageTest {

  @Test
  void thePageHasTheCataloguesTable() throws IOException {
    Path page = Path.of(System.getProperty("basedir", "."), "..", "docs", "privacy.md");
    assertThat(Files.readString(page))
        .as("stale; put in its place:%n%s", Catalogue.markdown())
        .contains(Catalogue.markdown());
  }

  @Test
  void everyPlaceIsListedOnceAndSaysWhatItIs() {
    List<Disclosed> all = Catalogue.entries().values().stream().flatMap(List::stream).toList();
    assertThat(all)
        .extracting(Disclosed::what)
        .noneMatch(what -> what.isBlank() || what.endsWith("."));
    Catalogue.entries()
        .forEach(
            (heading, entries) ->
                assertThat(entries)
                    .as(heading)
                    .extracting(Disclosed::place)
                    .doesNotHaveDuplicates());
  }

  @Test
  void onlyWhatIsInTheLocalFolderIsLocalAndNothingElseMatches() {
    for (RunFile file : RunFile.values()) {
      assertThat(file.disclosure() == Disclosure.LOCAL_ONLY)
          .as(file.place())
          .isEqualTo(file.place().startsWith("local/"));
    }
    assertThat(RunFile.of("local/tensorboard/run.local/events.out.tfevents.1"))
        .contains(RunFile.LOCAL_TENSORBOARD);
    assertThat(RunFile.of("checkpoints/step-12/state.json")).contains(RunFile.CHECKPOINT_JSON);
    for (String foreign :
        List.of(
            "rows.csv",
            "data/train.jsonl",
            "tensorboard/run/notes.txt",
            "x/adapter_model.safetensors",
            "checkpoints/step-1/rows/state.json",
            ".privacy.json.part",
            "localx",
            "ledger.jsonl.bak")) {
      assertThat(RunFile.of(foreign)).as(foreign).isEmpty();
    }
  }
}
