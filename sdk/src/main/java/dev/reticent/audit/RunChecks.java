package dev.reticent.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.RunVerification.Check;
import dev.reticent.audit.RunVerification.Outcome;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.format.FileDigest;
import dev.reticent.privacy.Decisions;
import dev.reticent.privacy.LedgerLines;
import dev.reticent.privacy.LedgerStore;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.RunRegistry;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.run.LedgerStores;
import dev.reticent.run.PrivacyLabel;
import dev.reticent.run.ResultDigest;
import dev.reticent.run.RunFolder;
import dev.reticent.run.RunSeal;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The checks of {@link RunVerification}, each of which reads the run's files anew. */
final class RunChecks {

  /** Figures are recomputed by the same code; a later version may bound ε a little more tightly. */
  private static final double RELATIVE = 1e-6;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunFolder folder;
  private final WrittenRun run;
  private final Optional<Path> publicKey;
  private final List<Check> checks = new ArrayList<>();

  RunChecks(RunFolder folder, Optional<Path> publicKey) {
    this.folder = folder;
    this.run = new WrittenRun(folder);
    this.publicKey = publicKey;
  }

  /** What a check found; throws {@link UserInputException} when something is wrong. */
  private interface Body {
    Found look() throws IOException;
  }

  /** In words, and whether everything was there to look at. */
  private record Found(Outcome outcome, String detail) {

    static Found holds(String detail) {
      return new Found(Outcome.HOLDS, detail);
    }

    static Found missing(String detail) {
      return new Found(Outcome.NOT_CHECKED, detail);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new UserInputException(otherwise);
    }
  }

  List<Check> all() {
    check("files", this::files);
    check("chain", this::chain);
    check("settings", this::settings);
    check("statement", this::statement);
    check("epsilon", this::epsilon);
    check("decisions", this::decisions);
    check("label", this::label);
    check("weights", this::weights);
    check("seal", this::seal);
    check("signature", this::signature);
    check("registry", this::registry);
    check("store", this::store);
    return checks;
  }

  private void check(String name, Body body) {
    Found found;
    try {
      found = body.look();
    } catch (UserInputException | IllegalArgumentException | IOException e) {
      found = new Found(Outcome.FAILS, String.valueOf(e.getMessage()));
    }
    checks.add(new Check(name, found.outcome(), found.detail()));
  }

  private Found files() throws IOException {
    List<String> names = folder.names();
    List<String> foreign = names.stream().filter(name -> RunFile.of(name).isEmpty()).toList();
    require(
        foreign.isEmpty(),
        "not in the catalogue of what a run writes: " + String.join(", ", foreign));
    long local = names.stream().filter(name -> name.startsWith("local/")).count();
    return Found.holds(
        "%d files, each in the catalogue; %s"
            .formatted(
                names.size(),
                local == 0 ? "nothing local is with them" : local + " of them stay here (local/)"));
  }

  private Found chain() throws IOException {
    LedgerLines lines = run.lines();
    int steps = 0;
    int sessions = 1;
    double epsilon = 0;
    for (int i = 0; i < lines.objects().size(); i++) {
      JsonNode line = JSON.readTree(lines.objects().get(i));
      String place = RunFile.LEDGER.place() + ":" + (i + 1) + ": ";
      String kind = line.path("kind").asText();
      require(
          kind.equals(i == 0 ? "run" : kind) && !(i > 0 && kind.equals("run")),
          place + "a header in the wrong place");
      if (kind.equals("step")) {
        steps++;
        double next = line.path("epsilon").asDouble(Double.NaN);
        require(next >= epsilon, place + "ε falls from " + epsilon + " to " + next);
        epsilon = next;
      } else if (kind.equals("session")) {
        sessions++;
      }
    }
    return Found.holds("%d steps in %d sessions, no line changed".formatted(steps, sessions));
  }

  private static void charged(JsonNode statement, String key, int ledger) {
    require(
        statement.path(key).asInt(-1) == ledger,
        "%s: privacy.json says %s, the ledger %d".formatted(key, statement.path(key), ledger));
  }

  private Found settings() throws IOException {
    JsonNode header = run.header();
    Config resolved = run.resolved();
    FinetuneConfig config = FinetuneConfig.of(resolved);
    equal("config", ResultDigest.of(resolved, config), header.path("config").asText());
    equal("delta", config.privacy().delta(), header.path("delta").asDouble());
    equal("clip_norm", config.privacy().clipNorm(), header.path("clip_norm").asDouble());
    equal("unit", config.dataset().unit().inWords(), header.path("unit").asText());
    equal("noise.bands", config.privacy().noise().bands(), run.bands());
    equal(
        "sampler",
        config
            .privacy()
            .truncation(header.path("sampling_rate").asDouble(), header.path("units").asInt(1)),
        run.truncation());
    if (config.privacy().targetEpsilon().isPresent()) {
      equal("budget", config.privacy().targetEpsilon().get(), header.path("budget").asDouble());
    }
    return Found.holds("config.yaml is what the ledger's header promises");
  }

  private static void equal(String key, Object settings, Object header) {
    require(
        settings.equals(header),
        "%s: config.yaml says %s, the ledger's header %s".formatted(key, settings, header));
  }

  private Found statement() throws IOException {
    JsonNode header = run.header();
    JsonNode statement = run.statement();
    require(
        header.path("guarantee").asBoolean() && statement.path("guarantee").asBoolean(),
        "nothing is promised: the run used a test key that anyone can recompute");
    for (String key :
        List.of(
            "sampling_rate",
            "noise_multiplier",
            "clip_norm",
            "delta",
            "budget",
            "adjacency",
            "unit",
            "units",
            "largest_batch",
            "config")) {
      require(
          statement.path(key).equals(header.path(key)),
          "%s: privacy.json says %s, the ledger's header %s"
              .formatted(key, statement.path(key), header.path(key)));
    }
    require(
        statement.path("bands").asInt(1) == run.bands()
            && statement.path("sampler").equals(header.path("sampler")),
        "sampler: privacy.json says %s with bands %s, the ledger's header %s with %d"
            .formatted(
                statement.path("sampler"),
                statement.path("bands"),
                header.path("sampler"),
                run.bands()));
    charged(statement, "steps_charged", run.steps());
    charged(statement, "rounds_charged", run.rounds());
    String text = Files.readString(folder.file(RunFile.STATEMENT_TEXT));
    String figure = String.format(Locale.ROOT, "ε = %.4f", statement.path("epsilon").asDouble());
    require(text.contains(figure), "privacy.txt does not state privacy.json's " + figure);
    return Found.holds("privacy.json and privacy.txt state what the ledger charged");
  }

  private Found epsilon() throws IOException {
    JsonNode statement = run.statement();
    List<Bound> bounds = run.accounting().bounds(run.rounds());
    List<String> found = new ArrayList<>();
    for (Bound bound : bounds) {
      if (bound.key().endsWith("lower")) {
        continue;
      }
      double stated = statement.path(bound.key()).asDouble(Double.NaN);
      require(
          stated >= bound.epsilon() * (1 - RELATIVE),
          "%s: privacy.json says %s, the steps in the ledger cost %.6f"
              .formatted(bound.key(), stated, bound.epsilon()));
      found.add(String.format(Locale.ROOT, "%s %.4f", bound.key(), bound.epsilon()));
    }
    String quoted = statement.path("epsilon_is").asText();
    require(
        !run.settings().sizeIsPublic() || quoted.startsWith(PrivacyStatement.REPLACING),
        "epsilon: the number of units is told, and " + quoted + " is quoted");
    double headline = statement.path("epsilon").asDouble(Double.NaN);
    boolean stated = false;
    for (Bound bound : bounds) {
      stated |=
          statement.path(bound.key()).asDouble(Double.NaN) == headline
              && !bound.key().endsWith("lower");
    }
    require(stated, "epsilon: privacy.json quotes " + headline + ", which is none of its bounds");
    return Found.holds("recomputed: " + String.join(", ", found));
  }

  private Found decisions() throws IOException {
    JsonNode statement = run.statement();
    boolean replacing =
        statement.path("epsilon_is").asText().startsWith(PrivacyStatement.REPLACING);
    Decisions decisions =
        new Decisions(
            run.accounting().tradeOff(run.rounds()),
            statement.path("epsilon").asDouble(),
            statement.path("delta").asDouble(),
            replacing);
    decisions
        .toJson()
        .forEach(
            (key, figure) -> {
              double stated = statement.path(key).asDouble(Double.NaN);
              require(
                  stated >= figure * (1 - RELATIVE),
                  "%s: privacy.json says %s, the steps in the ledger allow %.6f"
                      .formatted(key, stated, figure));
            });
    List<Decisions.Point> curve = decisions.curve();
    for (int i = 0; i < curve.size(); i++) {
      JsonNode stated = statement.path(Decisions.CURVE).path(i);
      Decisions.Point at = curve.get(i);
      require(
          stated.path(0).asDouble(Double.NaN) <= at.falsePositives()
              && stated.path(1).asDouble(Double.NaN) >= at.truePositives() * (1 - RELATIVE),
          Decisions.CURVE + ": point " + i + " is better than the steps in the ledger allow");
    }
    String sentence = decisions.sentence();
    require(
        statement.path("in_other_words").asText().equals(sentence)
            && Files.readString(folder.file(RunFile.STATEMENT_TEXT)).contains(sentence),
        "privacy.json and privacy.txt have to say: " + sentence);
    return Found.holds("recomputed: " + sentence);
  }

  private Found label() throws IOException {
    Path file = folder.file(RunFile.LABEL);
    require(Files.isRegularFile(file), "privacy-label.json is missing");
    require(
        JSON.readTree(file.toFile())
            .equals(JSON.readTree(PrivacyLabel.of(run.statement()).toString())),
        "privacy-label.json does not say what privacy.json says");
    return Found.holds("privacy-label.json says what privacy.json says");
  }

  private Found weights() throws IOException {
    JsonNode weights = run.statement().path("weights");
    require(
        weights.isObject() && !weights.isEmpty(), "privacy.json names no weights that it is about");
    var names = weights.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      Path file = folder.path().resolve(name);
      require(
          Files.isRegularFile(file) && FileDigest.sha256(file).equals(weights.path(name).asText()),
          name + " is not the file that privacy.json is about");
    }
    return Found.holds("the weights are those that privacy.json is about");
  }

  private Found seal() throws IOException {
    Path file = folder.file(RunFile.SEAL);
    require(Files.isRegularFile(file), "seal.json is missing: the run has not ended");
    RunSeal seal = RunSeal.read(file);
    require(
        seal.ledgerLine().equals(run.lines().lastHash()),
        "the ledger does not end with the line that was sealed");
    List<String> differences = seal.differences(folder);
    require(differences.isEmpty(), String.join("; ", differences));
    Optional<LocalSecret> secret = run.secret();
    require(
        secret.map(seal::isOf).orElse(true), "seal.json was not made with the secret that is here");
    return secret.isPresent()
        ? Found.holds("ledger, files and the key of the seal agree")
        : Found.missing("ledger and files agree with it; its key is not here");
  }

  private Found signature() throws IOException {
    Path file = folder.file(RunFile.SIGNATURE);
    if (publicKey.isEmpty()) {
      return Found.missing(
          Files.exists(file) ? "give --public-key to check it" : "the run is not signed");
    }
    require(Files.isRegularFile(file), "the run is not signed: there is no seal.sig");
    require(
        Signature25519.verify(folder.file(RunFile.SEAL), Files.readString(file), publicKey.get()),
        "seal.sig is not a signature of seal.json by this key");
    return Found.holds("seal.json is signed by the owner of this key");
  }

  private Found store() throws IOException {
    Optional<String> place = run.settings().distributed().ledgerStore();
    if (place.isEmpty()) {
      return Found.missing("the ledger was kept in no store besides");
    }
    LedgerStore store;
    try {
      store = LedgerStores.at(place.get());
    } catch (UserInputException e) {
      return Found.missing(String.valueOf(e.getMessage()));
    }
    run.lines().requireSame(store);
    return Found.holds("every line is in " + place.get() + ", and no other");
  }

  private Found registry() throws IOException {
    Optional<RegistrySettings> settings = run.settings().privacy().registry();
    if (settings.isEmpty() || !Files.isDirectory(settings.get().folder())) {
      return Found.missing(
          settings.isEmpty() ? "the run was not entered in one" : "its registry is not here");
    }
    RunRegistry registry = settings.get().open(run.settings().privacy());
    String name = run.header().path("run").asText();
    require(
        registry.knowsTailOf(name, run.lines().hashes()),
        "forked: the registry saw run '"
            + name
            + "' end otherwise, so another copy of this folder released more, or this ledger was"
            + " cut");
    return Found.holds("the registry knows this ledger's end");
  }
}
