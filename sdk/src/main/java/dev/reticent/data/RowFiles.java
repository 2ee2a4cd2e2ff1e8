package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files behind a path: the file itself, the parts of a dataset that Hugging Face's {@code
 * save_to_disk} wrote, or the parts of one table ({@code train-00000-of-00002.parquet} and so on).
 */
@Internal
public final class RowFiles {
  private static final Pattern PART =
      Pattern.compile("(?<table>.*?)[-_.]?\\d+(-of-\\d+)?(?<ending>\\.[a-z.]+)");
  private static final Pattern DATA =
      Pattern.compile(".*\\.(jsonl|json|ndjson|csv|tsv|parquet|arrow)(\\.gz)?");

  private static final List<String> ENDINGS =
      List.of(".jsonl", ".json", ".jsonl.gz", ".json.gz", ".csv", ".csv.gz", ".tsv", ".parquet");

  private RowFiles() {}

  /** What to train on where only a folder is named: its file called train, or the path itself. */
  public static Path training(Path given) {
    if (Files.isRegularFile(given)
        || Files.exists(given.resolve("dataset_dict.json"))
        || Files.exists(given.resolve("state.json"))) {
      return given;
    }
    return ENDINGS.stream()
        .map(ending -> given.resolve("train" + ending))
        .filter(Files::exists)
        .findFirst()
        .orElse(given.resolve("train.jsonl"));
  }

  /**
   * @throws UserInputException if the path is a folder that holds no table, or several
   */
  static List<Path> of(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    if (Files.isRegularFile(path.resolve("dataset_dict.json"))) {
      return split(path);
    }
    if (Files.isRegularFile(path.resolve("state.json"))) {
      return saved(path);
    }
    return parts(path);
  }

  private static List<Path> split(Path folder) {
    List<String> splits = new ArrayList<>();
    for (JsonNode split : json(folder.resolve("dataset_dict.json")).path("splits")) {
      splits.add(split.asText());
    }
    if (!splits.contains("train")) {
      throw new UserInputException(
          "%s has the splits %s and none named train: name the folder of one of them."
              .formatted(folder, splits));
    }
    return saved(folder.resolve("train"));
  }

  private static List<Path> saved(Path folder) {
    JsonNode state = json(folder.resolve("state.json"));
    if (!state.path("_indices_data_files").isMissingNode()
        && !state.path("_indices_data_files").isNull()) {
      throw new UserInputException(
          folder
              + " holds an order of rows beside the rows: save it again with a datasets library"
              + " of version 2 or newer, which writes the rows in their order.");
    }
    List<Path> files = new ArrayList<>();
    for (JsonNode file : state.path("_data_files")) {
      files.add(folder.resolve(file.path("filename").asText()));
    }
    if (files.isEmpty()) {
      throw new UserInputException(folder.resolve("state.json") + " names no data files.");
    }
    return files;
  }

  private static List<Path> parts(Path folder) {
    TreeMap<String, List<Path>> tables = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> DATA.matcher(String.valueOf(file.getFileName())).matches())
          .sorted()
          .forEach(file -> tables.computeIfAbsent(table(file), t -> new ArrayList<>()).add(file));
    } catch (IOException e) {
      throw DataFile.unreadable(folder, e);
    }
    if (tables.size() == 1) {
      return tables.values().iterator().next();
    }
    throw new UserInputException(
        folder
            + (tables.isEmpty()
                ? " is a folder without rows: name a JSON, JSONL, CSV, TSV or Parquet file, or a"
                    + " folder that datasets' save_to_disk wrote."
                : " is a folder with several tables " + tables.keySet() + ": name one file."));
  }

  /** The name of the table that a file is a part of. */
  private static String table(Path file) {
    String name = String.valueOf(file.getFileName());
    Matcher part = PART.matcher(name);
    return part.matches() ? part.group("table") + part.group("ending") : name;
  }

  private static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UserInputException(
          file + ": not the file that datasets' save_to_disk writes: " + e.getMessage(), e);
    }
  }
}
