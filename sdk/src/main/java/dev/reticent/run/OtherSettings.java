package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.disclosure.RunFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Settings that a run is to go on with and did not begin with. */
record OtherSettings(RunInputs in, RunFolder folder) {

  /** A private run goes on as it was begun; another may be changed, and says so. */
  void tell() {
    List<String> changes = changes();
    if (changes.isEmpty()) {
      return;
    }
    String list = String.join("\n  ", changes);
    if (in.plan().isPrivate()) {
      throw new UserInputException(
          "saving_dir: "
              + in.config().savingDir()
              + " holds a run with other settings, under which its ledger counts:\n  "
              + list
              + "\nSet them as they were to go on with it, or give another folder.");
    }
    in.listener().notice("going on with other settings than the run began with:\n  " + list);
  }

  private List<String> changes() {
    Path file = folder.file(RunFile.CONFIG);
    try {
      return Files.exists(file)
          ? ResultDigest.changes(Config.read(file), in.settings(), in.config())
          : List.of();
    } catch (UserInputException e) {
      return List.of(); // of another version: the ledger still knows whether it is the same run
    }
  }
}
