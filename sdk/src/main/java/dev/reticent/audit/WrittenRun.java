package dev.reticent.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.plan.RunAccounting;
import dev.reticent.privacy.LedgerLines;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.Truncation;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.run.RunFolder;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the files of a run say, read anew whenever it is asked. */
record WrittenRun(RunFolder folder) {

  private static final ObjectMapper JSON = new ObjectMapper();

  LedgerLines lines() throws IOException {
    return LedgerLines.read(folder.file(RunFile.LEDGER));
  }

  JsonNode header() throws IOException {
    return JSON.readTree(lines().objects().get(0));
  }

  int steps() throws IOException {
    int steps = 0;
    for (String line : lines().objects()) {
      steps += JSON.readTree(line).path("kind").asText().equals("step") ? 1 : 0;
    }
    return steps;
  }

  int bands() throws IOException {
    return header().path("bands").asInt(1);
  }

  Optional<Truncation> truncation() throws IOException {
    JsonNode header = header();
    return header.has("largest_batch")
        ? Optional.of(
            new Truncation(header.path("units").asInt(), header.path("largest_batch").asInt()))
        : Optional.empty();
  }

  /** Each session's noise begins a round of its own. */
  int rounds() throws IOException {
    int bands = bands();
    int rounds = 0;
    int steps = 0;
    for (String line : lines().objects()) {
      boolean step = JSON.readTree(line).path("kind").asText().equals("step");
      rounds += step && steps % bands == 0 ? 1 : 0;
      steps = step ? steps + 1 : 0;
    }
    return rounds;
  }

  Config resolved() {
    return Config.read(folder.file(RunFile.CONFIG)).resolved(FinetuneConfig::read);
  }

  FinetuneConfig settings() {
    return FinetuneConfig.of(resolved());
  }

  JsonNode statement() throws IOException {
    Path file = folder.file(RunFile.STATEMENT);
    if (!Files.isRegularFile(file)) {
      throw new UserInputException("privacy.json is missing: the run has not ended");
    }
    return JSON.readTree(file.toFile());
  }

  RunAccounting accounting() throws IOException {
    JsonNode header = header();
    SubsampledGaussian plan =
        new SubsampledGaussian(
            header.path("sampling_rate").asDouble(),
            header.path("noise_multiplier").asDouble(),
            header.path("steps").asInt(),
            bands(),
            truncation());
    return new RunAccounting(settings().privacy(), plan);
  }

  Optional<LocalSecret> secret() {
    return LocalSecret.find(folder.local())
        .or(
            () ->
                settings()
                    .privacy()
                    .registry()
                    .flatMap(registry -> LocalSecret.find(registry.folder())));
  }
}
