package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.format.FileDigest;
import dev.reticent.privacy.LedgerLines;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What binds a run's files together: the SHA-256 of each that may leave, the ledger's last line,
 * and an HMAC of all this under the run's secret.
 *
 * <p>The ledger's chain shows that no line was changed, but a whole ledger can be written anew or
 * cut at its end. Who has the secret sees that; others need a signature over this file.
 *
 * @param ledgerLine the hash of the ledger's last line
 * @param files digests by relative name; of a checkpoint its manifest, which has those of its files
 * @param mac over the rest
 */
@Internal
public record RunSeal(String ledgerLine, SortedMap<String, String> files, String mac) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LINE = "ledger_line";
  private static final String FILES = "files";
  private static final String MAC = "hmac_sha256";

  /** Seals a run that has ended. */
  public static void write(RunFolder folder, LocalSecret secret) throws IOException {
    String line = LedgerLines.read(folder.file(RunFile.LEDGER)).lastHash();
    SortedMap<String, String> files = new TreeMap<>();
    for (String name : folder.names()) {
      if (RunFile.of(name).filter(RunSeal::sealed).isPresent()) {
        files.put(name, FileDigest.sha256(folder.path().resolve(name)));
      }
    }
    ObjectNode json = JSON.createObjectNode().put(LINE, line);
    ObjectNode list = json.putObject(FILES);
    files.forEach(list::put);
    json.put(MAC, mac(secret, line, files));
    folder.write(RunFile.SEAL, json.toPrettyString() + "\n");
  }

  private static boolean sealed(RunFile file) {
    return file.disclosure() != Disclosure.LOCAL_ONLY
        && file != RunFile.SEAL
        && file != RunFile.SIGNATURE
        && file != RunFile.CHECKPOINT_STATE
        && file != RunFile.CHECKPOINT_JSON;
  }

  private static String mac(LocalSecret secret, String line, Map<String, String> files) {
    List<String> texts = new ArrayList<>(List.of(line));
    files.forEach(
        (name, digest) -> {
          texts.add(name);
          texts.add(digest);
        });
    return secret.mac("seal", texts);
  }

  /**
   * Reads {@code seal.json}.
   *
   * @throws UserInputException when it is not one
   */
  public static RunSeal read(Path file) {
    try {
      JsonNode json = JSON.readTree(file.toFile());
      if (json.path(LINE).isTextual()
          && json.path(FILES).isObject()
          && json.path(MAC).isTextual()) {
        SortedMap<String, String> files = new TreeMap<>();
        json.path(FILES)
            .properties()
            .forEach(entry -> files.put(entry.getKey(), entry.getValue().asText()));
        return new RunSeal(json.path(LINE).asText(), files, json.path(MAC).asText());
      }
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    throw new UserInputException(file + ": not a seal (" + LINE + ", " + FILES + ", " + MAC + ").");
  }

  /** Whether it was made with this secret. */
  public boolean isOf(LocalSecret secret) {
    return mac.equals(mac(secret, ledgerLine, files));
  }

  /** What differs from the files that are there, one line each. */
  public List<String> differences(RunFolder folder) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> entry : files.entrySet()) {
      Path file = folder.path().resolve(entry.getKey());
      if (!Files.isRegularFile(file)) {
        wrong.add(entry.getKey() + " is missing");
      } else if (!FileDigest.sha256(file).equals(entry.getValue())) {
        wrong.add(entry.getKey() + " was changed after the run was sealed");
      }
    }
    for (String name : folder.names()) {
      if (RunFile.of(name).filter(RunSeal::sealed).isPresent() && !files.containsKey(name)) {
        wrong.add(name + " was added after the run was sealed");
      }
    }
    return wrong;
  }
}
