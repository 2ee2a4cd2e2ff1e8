package dev.reticent.audit;

import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.run.RunFolder;
import dev.reticent.run.WholeFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A copy of a run's folder that may be given away: everything but what is local only. */
public final class RunPack {

  private RunPack() {}

  /**
   * Copies what the catalogue lets leave; times of files are the day of the run.
   *
   * @param output must not be there
   * @param signingKey an Ed25519 key in PEM, to sign the run's seal with
   * @throws UserInputException when the run does not hold, or a file is not in the catalogue
   */
  public static void write(Path run, Path output, Optional<Path> signingKey) {
    RunVerification verification = RunVerification.of(run, Optional.empty());
    if (!verification.holds()) {
      throw new UserInputException(
          run + " is not packed, as it does not hold:\n" + verification.toText());
    }
    if (Files.exists(output)) {
      throw new UserInputException(output + " is there already; name a new folder.");
    }
    try {
      WholeFolder.make(output, partial -> copy(new RunFolder(run), partial, signingKey));
    } catch (IOException e) {
      throw new UncheckedIOException(output + " cannot be written", e);
    }
  }

  private static void copy(RunFolder run, RunFolder partial, Optional<Path> signingKey)
      throws IOException {
    FileTime day = FileTime.from(Provenance.read(run.path()).day(), TimeUnit.SECONDS);
    for (String name : run.names()) {
      boolean leaves =
          RunFile.of(name).filter(f -> f.disclosure() != Disclosure.LOCAL_ONLY).isPresent();
      if (leaves) {
        Path copy = partial.path().resolve(name);
        Files.createDirectories(copy.getParent());
        Files.copy(run.path().resolve(name), copy);
      }
    }
    if (signingKey.isPresent()) {
      String signature = Signature25519.sign(partial.file(RunFile.SEAL), signingKey.get());
      partial.write(RunFile.SIGNATURE, signature + "\n");
    }
    for (String name : partial.names()) {
      Files.setLastModifiedTime(partial.path().resolve(name), day);
    }
  }
}
