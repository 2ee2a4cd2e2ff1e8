package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.Config;
import dev.reticent.data.Dataset;
import dev.reticent.data.DatasetReading;
import dev.reticent.data.ReadOptions;
import dev.reticent.data.SampleType;
import dev.reticent.format.Dtype;
import dev.reticent.model.Golden;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.privacy.disclosure.Disclosure;
import dev.reticent.privacy.disclosure.LogTag;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.recipe.MergeRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole runs on data sets that differ in one unit, with the same randomness: every byte of every
 * file that may leave is compared.
 *
 * <p>Where the unit is never drawn, not one may differ. Where it is, files may that the catalogue
 * calls released, by the noised values in them and by digests of these.
 */
class NeighborRunsTest {

  private static final int ROWS = 60;
  private static final long SEED = 3;
  private static final double HELD_OUT = 0.2;
  private static final String QUESTION = "{\"question\": \"number %d?\", \"answer\": \"yes\"}";

  /** Files that hold noised values, or digests of files that do. */
  private static final Set<RunFile> NOISED =
      EnumSet.of(
          RunFile.ADAPTER,
          RunFile.WEIGHTS,
          RunFile.CHECKPOINT_STATE,
          RunFile.CHECKPOINT_JSON,
          RunFile.CHECKPOINT_MANIFEST,
          RunFile.STATEMENT,
          RunFile.STATEMENT_TEXT,
          RunFile.SEAL,
          RunFile.TENSORBOARD);

  private static final Set<LogTag> NOISED_TAGS =
      EnumSet.of(
          LogTag.GRADIENT_NORM,
          LogTag.CLIP_THRESHOLD,
          LogTag.LOSS_NOISED,
          LogTag.CLIPPED_NOISED,
          LogTag.EVALUATION_PUBLIC,
          LogTag.EVALUATION_NOISED,
          LogTag.STATEMENT);

  /** What a run of seconds leaves out of the shipped configs. */
  private static final List<String> SMALL =
      List.of("epochs", "lr_scheduler", "privacy.target_epsilon");

  private static final List<String> LARGE =
      List.of(
          "epochs",
          "lr_scheduler",
          "privacy.target_epsilon",
          "models_root",
          "quantization",
          "deepspeed",
          "dataset.data_dir");

  @TempDir Path folder;

  /** A private config as it is shipped, with a tiny model and few steps. */
  private Config config(String name, double q, Path rows) throws IOException {
    Path file = Path.of(System.getProperty("basedir", "."), "..", "configs", name);
    Config shipped = Config.read(file);
    for (String key : name.startsWith("mistral") ? LARGE : SMALL) {
      shipped = shipped.without(key);
    }
    return shipped
        .with("foundation_model_name", Golden.folder("mistral-tiny").toString())
        .with("lora.lora_attn_modules", List.of("q_proj", "v_proj"))
        .with("devices", List.of("cpu"))
        .with("dataset.train_file", rows.toString())
        .with("dataset.max_length", 64)
        .with("privacy.noise_multiplier", 1)
        .with("privacy.secure", false)
        .with("physical_batch_size", 8)
        .with("batch_size", 12)
        .with("sampling_rate", q)
        .with("save_every_n_grad_steps", 2)
        .with("eval_every_n_grad_steps", 2)
        .with("max_steps", 4)
        .with("seed", SEED)
        .with("saving_dir", folder.resolve("run").toString());
  }

  /** The same path for both runs, as a config names it. */
  private Path rows(String victim) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(QUESTION.formatted(i));
    }
    if (!victim.isEmpty()) {
      rows.add(TinyRun.lastRow(rows, victim, SEED));
    }
    return Files.write(folder.resolve("train.jsonl"), rows);
  }

  /** The seal's key is part of the randomness that both runs share. */
  private void shareSecret() throws IOException {
    Path secret = folder.resolve("run/local").resolve(LocalSecret.FILE);
    Files.createDirectories(secret.getParent());
    Files.writeString(secret, "5".repeat(64));
  }

  private Path run(Config config, boolean resumed, String name) throws IOException {
    shareSecret();
    if (resumed) {
      TinyRun.runTo(config, 2);
    }
    TinyRun.run(config);
    Path run = folder.resolve("run");
    MergeRecipe.run(config, run.resolve("merged"), Dtype.F32);
    return Files.move(run, folder.resolve(name));
  }

  @ParameterizedTest
  @CsvSource({
    "quickstart.yaml, 0.002, 1, false, none",
    "quickstart.yaml, 0.002, 1, true, other",
    "mistral-7b-qlora-dp.yaml, 0.002, 2, false, other",
    "quickstart.yaml, 0.5, 1, false, none",
    "mistral-7b-qlora-dp.yaml, 0.5, 2, true, other"
  })
  void nothingButNoisedValuesTellsOfAUnit(
      String name, double q, int bands, boolean resumed, String instead) throws IOException {
    Config config = config(name, q, rows("a secret")).with("privacy.loss_curve", 0.1);
    if (bands > 1) {
      config =
          config
              .with("privacy.noise.mechanism", "banded")
              .with("privacy.noise.bands", bands)
              .with("privacy.evaluation", true);
    }
    Path with = run(config, resumed, "with");
    rows(instead.equals("none") ? "" : "another thing");
    Path without = run(config, resumed, "without");
    boolean drawn = q > 0.1;
    List<String> different = different(with, without);
    if (drawn) {
      assertThat(different).contains(RunFile.ADAPTER.place());
    } else {
      assertThat(different).as("differs though the unit was never drawn").isEmpty();
    }
    assertDifferInNoisedValues(with, without, different);
  }

  private static void assertDifferInNoisedValues(Path with, Path without, List<String> different)
      throws IOException {
    for (String file : different) {
      RunFile entry =
          RunFile.of(file.replace("merged/", "")).orElseThrow(() -> new AssertionError(file));
      assertThat(entry.disclosure()).as(file).isEqualTo(Disclosure.RELEASED);
      assertThat(entry).as(file).isIn(NOISED);
      assertThat(masked(entry, with.resolve(file)))
          .as("%s but for its noised values", file)
          .isEqualTo(masked(entry, without.resolve(file)));
    }
    // What the server answers of a run is its statement.
    assertThat(masked(PublishedStatement.of(with).orElseThrow().toString()))
        .isEqualTo(masked(PublishedStatement.of(without).orElseThrow().toString()));
  }

  /**
   * Where q follows from how many rows there are it tells their number, and nothing that one of
   * them says: that it is held out, repeats another or cannot be used.
   */
  @Test
  void whatIsComputedFromTheSizeIsTheSameWhateverARowSays() throws IOException {
    Path with = trained(row(false), "with");
    ObjectNode statement = PublishedStatement.of(with).orElseThrow();
    assertThat(statement.path("sampling_rate").asDouble()).isEqualTo(24 / 49.0); // 0.8 of 61
    List<String> others = List.of(row(true), QUESTION.formatted(0), "{\"question\": \"who?\"}");
    for (int i = 0; i < others.size(); i++) {
      Path other = trained(others.get(i), "other" + i);
      List<String> different = different(with, other);
      assertThat(different)
          .as("one unit less is trained on with %s", others.get(i))
          .contains(RunFile.ADAPTER.place());
      assertDifferInNoisedValues(with, other, different);
    }
  }

  /** A run on these rows and this one, with q, σ and T as they follow from how many there are. */
  private Path trained(String last, String name) throws IOException {
    Config config =
        config("quickstart.yaml", 1, rows(""))
            .without("sampling_rate")
            .without("privacy.public_units")
            .without("privacy.noise_multiplier")
            .without("max_steps")
            .with("privacy.target_epsilon", 8)
            .with("batch_size", 24)
            .with("epochs", 1)
            .with("dataset.held_out_fraction", HELD_OUT)
            .with("dataset.evaluation", "private")
            .with("dataset.on_bad_row", "skip");
    Files.writeString(folder.resolve("train.jsonl"), last + "\n", StandardOpenOption.APPEND);
    shareSecret();
    TinyRun.run(config);
    return Files.move(folder.resolve("run"), folder.resolve(name));
  }

  /** A row that is held out, or one that is not. */
  private static String row(boolean heldOut) {
    for (int i = ROWS; ; i++) {
      String row = QUESTION.formatted(i);
      ReadOptions options = ReadOptions.of(SampleType.INSTRUCT);
      Dataset alone = DatasetReading.of("row", List.of(row).iterator(), options).dataset();
      if (alone.split(HELD_OUT, SEED).heldOut().size() == (heldOut ? 1 : 0)) {
        return row;
      }
    }
  }

  private static List<String> different(Path one, Path other) throws IOException {
    List<String> names = leaving(one);
    assertThat(leaving(other)).isEqualTo(names);
    List<String> different = new ArrayList<>();
    for (String name : names) {
      if (Files.mismatch(one.resolve(name), other.resolve(name)) >= 0) {
        different.add(name);
      }
    }
    return different;
  }

  private static List<String> leaving(Path run) throws IOException {
    return new RunFolder(run).names().stream().filter(name -> !name.startsWith("local/")).toList();
  }

  /** A file's content without noised values and digests of them. */
  private static String masked(RunFile entry, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return switch (entry) {
      case ADAPTER, WEIGHTS, CHECKPOINT_STATE -> String.valueOf(bytes.length);
      case TENSORBOARD -> events(bytes);
      default -> masked(new String(bytes, StandardCharsets.UTF_8));
    };
  }

  private static String masked(String text) {
    return text.replaceAll("[0-9a-f]{64}", "digest")
        .replaceAll("\"(best_loss|clip_threshold)\" : [-0-9.E]+", "\"$1\"");
  }

  /** The records of an event file; of tags with noised values, all but the value at the end. */
  private static String events(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder out = new StringBuilder();
    while (in.hasRemaining()) {
      byte[] event = new byte[Math.toIntExact(in.getLong())];
      in.getInt();
      in.get(event);
      in.getInt();
      String text = new String(event, StandardCharsets.ISO_8859_1);
      boolean noised = NOISED_TAGS.stream().anyMatch(tag -> text.contains(tag.place()));
      // wall time and step stand first, a scalar's four bytes last
      String kept = noised ? text.substring(0, text.length() - 4) : text;
      out.append(masked(kept)).append('\n');
    }
    return out.toString();
  }

  /** Every tag that a run can log is in one of the two sets by the catalogue's word. */
  @ParameterizedTest
  @CsvSource("0.5")
  void theLocalRunIsNowhereElse(double q) throws IOException {
    Path run = run(config("quickstart.yaml", q, rows("a secret")), false, "with");
    Set<String> local =
        Arrays.stream(LogTag.values())
            .filter(tag -> tag.disclosure() == Disclosure.LOCAL_ONLY)
            .map(LogTag::place)
            .collect(Collectors.toSet());
    for (String name : leaving(run)) {
      if (RunFile.of(name).filter(file -> file == RunFile.TENSORBOARD).isPresent()) {
        String text =
            new String(Files.readAllBytes(run.resolve(name)), StandardCharsets.ISO_8859_1);
        assertThat(local).as(name).noneMatch(tag -> text.contains((char) tag.length() + tag));
      }
    }
    assertThat(IntStream.range(0, ROWS).mapToObj("number %d?"::formatted))
        .allSatisfy(row -> assertThat(published(run)).doesNotContain(row));
  }

  private static String published(Path run) {
    StringBuilder text = new StringBuilder();
    try {
      for (String name : leaving(run)) {
        if (!name.contains("tokenizer")) {
          text.append(
              new String(Files.readAllBytes(run.resolve(name)), StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return text.toString();
  }
}
