package dev.reticent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.audit.RunVerification.Check;
import dev.reticent.audit.RunVerification.Outcome;
import dev.reticent.config.UserInputException;
import dev.reticent.format.FileDigest;
import dev.reticent.run.RunFolder;
import dev.reticent.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to tamper with a run that we know of, on copies of a real one. */
class RunVerificationTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path shared;
  @TempDir Path folder;

  /** A run of 3 steps, and its folder as it was after 2. */
  @BeforeAll
  static void oneRun() throws IOException {
    var config =
        TinyRun.config(shared, 60)
            .with("max_steps", 3)
            .with("save_every_n_grad_steps", 1)
            .with("privacy.registry", shared.resolve("registry").toString())
            .with("privacy.total_epsilon", 9);
    TinyRun.runTo(config, 2);
    copy(shared.resolve("run"), shared.resolve("older"));
    TinyRun.run(config);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private Path run() throws IOException {
    Path run = folder.resolve("copy");
    copy(shared.resolve("run"), run);
    return run;
  }

  private static List<String> wrong(Path run) {
    return RunVerification.of(run, Optional.empty()).checks().stream()
        .filter(check -> check.outcome() == Outcome.FAILS)
        .map(Check::name)
        .toList();
  }

  /** Changes files of a run. */
  interface Change {
    void to(Path run) throws IOException;
  }

  /**
   * @param finds the check that must fail, whatever else fails too
   */
  record Tampering(String name, String finds, Change change) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static void lines(Path run, java.util.function.UnaryOperator<List<String>> change)
      throws IOException {
    Path ledger = run.resolve("ledger.jsonl");
    Files.write(ledger, change.apply(Files.readAllLines(ledger)));
  }

  private static void replace(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private static List<String> without(List<String> lines, int at) {
    return Stream.concat(
            lines.subList(0, at).stream(), lines.subList(at + 1, lines.size()).stream())
        .toList();
  }

  /** Drops the last step everywhere, and makes all that needs no secret agree with it. */
  private static void cutAndMendAllThatNeedsNoSecret(Path run) throws IOException {
    lines(run, lines -> lines.subList(0, lines.size() - 1));
    replace(run.resolve("privacy.json"), "\"steps_charged\": 3", "\"steps_charged\": 2");
    Path file = run.resolve("seal.json");
    ObjectNode seal = (ObjectNode) JSON.readTree(file.toFile());
    List<String> lines = Files.readAllLines(run.resolve("ledger.jsonl"));
    seal.put("ledger_line", JSON.readTree(lines.get(lines.size() - 1)).path("hash").asText());
    ObjectNode files = (ObjectNode) seal.get("files");
    for (String name : List.of("ledger.jsonl", "privacy.json")) {
      files.put(name, FileDigest.sha256(run.resolve(name)));
    }
    Files.writeString(file, seal.toString());
  }

  static List<Tampering> tamperings() {
    return List.of(
        new Tampering(
            "the ledger is cut",
            "statement",
            run -> lines(run, lines -> lines.subList(0, lines.size() - 1))),
        new Tampering(
            "a line is edited",
            "chain",
            run -> replace(run.resolve("ledger.jsonl"), "\"step\":1", "\"step\":0")),
        new Tampering("a line is dropped", "chain", run -> lines(run, l -> without(l, 1))),
        new Tampering(
            "lines are in another order",
            "chain",
            run -> lines(run, l -> List.of(l.get(0), l.get(2), l.get(1), l.get(3), l.get(4)))),
        new Tampering(
            "cut, and all that needs no secret made to agree",
            "seal",
            RunVerificationTest::cutAndMendAllThatNeedsNoSecret),
        new Tampering(
            "an older copy, beside which the run went on",
            "registry",
            run -> {
              new RunFolder(run).remove();
              copy(shared.resolve("older"), run);
            }),
        new Tampering(
            "another adapter",
            "weights",
            run -> {
              Path adapter = run.resolve("adapter_model.safetensors");
              byte[] bytes = Files.readAllBytes(adapter);
              bytes[bytes.length - 1] ^= 1;
              Files.write(adapter, bytes);
            }),
        new Tampering(
            "another statement: less ε",
            "epsilon",
            run ->
                Files.writeString(
                    run.resolve("privacy.json"),
                    Files.readString(run.resolve("privacy.json"))
                        .replaceAll("(\"epsilon[a-z_]*\": )", "$10"))),
        new Tampering(
            "another statement: other words",
            "seal",
            run ->
                Files.writeString(
                    run.resolve("privacy.txt"),
                    Files.readString(run.resolve("privacy.txt")) + "All is well.\n")),
        new Tampering(
            "another statement: a worse test",
            "decisions",
            run ->
                Files.writeString(
                    run.resolve("privacy.json"),
                    Files.readString(run.resolve("privacy.json"))
                        .replaceAll("(\"best_test_accuracy\": 0.)", "$10"))),
        new Tampering(
            "another label",
            "label",
            run ->
                replace(
                    run.resolve("privacy-label.json"),
                    "AES-256 in counter mode",
                    "AES-512 in counter mode")),
        new Tampering(
            "another statement: less sampling",
            "statement",
            run ->
                Files.writeString(
                    run.resolve("privacy.json"),
                    Files.readString(run.resolve("privacy.json"))
                        .replaceAll("\"sampling_rate\": [0-9.]+", "\"sampling_rate\": 0.1"))),
        new Tampering(
            "other settings",
            "settings",
            run -> replace(run.resolve("config.yaml"), "delta: 1.0E-4", "delta: 1.0E-6")),
        new Tampering(
            "another checkpoint",
            "seal",
            run ->
                replace(run.resolve("checkpoints/step-3/manifest.json"), "\"step\"", " \"step\"")),
        new Tampering(
            "a foreign file", "files", run -> Files.writeString(run.resolve("rows.csv"), "a,b")));
  }

  @ParameterizedTest
  @MethodSource("tamperings")
  void tamperingIsFound(Tampering tampering) throws IOException {
    Path run = run();
    tampering.change().to(run);
    assertThat(wrong(run)).contains(tampering.finds());
    assertThatThrownBy(() -> RunPack.write(run, folder.resolve("packed"), Optional.empty()))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("does not hold");
    assertThat(folder.resolve("packed")).doesNotExist();
  }

  @Test
  void anUntouchedRunHoldsAndEveryCheckCouldBeMade() throws IOException {
    RunVerification verification = RunVerification.of(run(), Optional.empty());
    assertThat(verification.checks())
        .as(verification.toText())
        .filteredOn(check -> !List.of("signature", "store").contains(check.name()))
        .allSatisfy(check -> assertThat(check.outcome()).isEqualTo(Outcome.HOLDS));
    assertThat(verification.toJson().path("holds").asBoolean()).isTrue();
    assertThatThrownBy(() -> RunVerification.of(folder, Optional.empty()))
        .hasMessageContaining("there is no ledger.jsonl here");
  }

  @Test
  void aPackedRunHasNothingLocalAndItsSignatureIsCheckedWithoutTheSecret() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path privateKey = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    Path publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
    Path packed = folder.resolve("packed");
    // What a process leaves that was killed while it packed.
    Files.createDirectories(folder.resolve(".packed.part"));
    Files.writeString(folder.resolve(".packed.part").resolve("ledger.jsonl"), "half");
    RunPack.write(run(), packed, Optional.of(privateKey));
    assertThat(packed.resolve("local")).doesNotExist();
    assertThat(packed.resolve("adapter_model.safetensors")).isRegularFile();
    assertThat(packed.resolve("tensorboard/run")).isDirectory();
    RunVerification verification = RunVerification.of(packed, Optional.of(publicKey));
    assertThat(verification.holds()).as(verification.toText()).isTrue();
    assertThat(outcome(verification, "signature")).isEqualTo(Outcome.HOLDS);
    assertThat(outcome(RunVerification.of(packed, Optional.of(otherKey())), "signature"))
        .isEqualTo(Outcome.FAILS);
    assertThat(RunVerification.of(packed, Optional.of(privateKey)).toText())
        .contains("WRONG  signature", "expected a PEM file with a PUBLIC KEY");
    Files.delete(packed.resolve("seal.sig"));
    assertThat(outcome(RunVerification.of(packed, Optional.of(publicKey)), "signature"))
        .isEqualTo(Outcome.FAILS);
    // Whoever has the copy cannot go on with it: the rows' key is not there.
    assertThatThrownBy(
            () ->
                TinyRun.run(
                    dev.reticent.config.Config.read(packed.resolve("config.yaml"))
                        .with("saving_dir", packed.toString())))
        .hasMessageContaining("data.key is missing");
  }

  private static Outcome outcome(RunVerification verification, String name) {
    return verification.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .outcome();
  }

  private Path otherKey() throws NoSuchAlgorithmException, IOException {
    return pem(
        "PUBLIC KEY",
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded());
  }

  private Path pem(String label, byte[] key) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "key", ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(label, Base64.getMimeEncoder().encodeToString(key), label));
  }
}
