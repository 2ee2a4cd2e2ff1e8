package dev.reticent.run;

import dev.reticent.format.FileDigest;
import dev.reticent.format.WholeFile;
import dev.reticent.privacy.disclosure.RunFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Files of a run, each replaced whole. What {@link RunFile} calls local is in {@code local}; the
 * rest of the folder may be given away.
 */
public record RunFolder(Path path) {

  /** The tokenizer, in each form that is read, and what belongs to it. */
  private static final List<RunFile> TOKENIZER =
      List.of(
          RunFile.TOKENIZER,
          RunFile.TEKKEN,
          RunFile.TOKENIZER_MODEL,
          RunFile.TOKENIZER_CONFIG,
          RunFile.SPECIAL_TOKENS,
          RunFile.CHAT_TEMPLATE);

  /** Makes the run's folder, and in it the one that only its owner may look into. */
  public void create() throws IOException {
    Files.createDirectories(path);
    if (!Files.isDirectory(local())) {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectory(
            local(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(local());
      }
    }
  }

  /** For what does not leave. */
  public Path local() {
    return path.resolve("local");
  }

  /** Where a file is that has one name only. */
  public Path file(RunFile file) {
    return path.resolve(file.place());
  }

  public void write(RunFile file, String text) throws IOException {
    write(file.place(), text);
  }

  private void write(String name, String text) throws IOException {
    WholeFile.replace(path.resolve(name), text);
  }

  /** Copies the files that make the adapter usable without its base folder's tokenizer. */
  public void copyTokenizer(Path model) throws IOException {
    for (RunFile file : TOKENIZER) {
      Path source = model.resolve(file.place());
      if (Files.exists(source)) {
        // As a stream, so that the copy has the permissions of a new file and not the source's.
        try (InputStream in = Files.newInputStream(source)) {
          Files.copy(in, file(file), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** All files below, as names relative to the folder, with slashes, in order. */
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> path.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  /** SHA-256 of the files with the trained values, by name. */
  public SortedMap<String, String> weights() throws IOException {
    SortedMap<String, String> weights = new TreeMap<>();
    for (String name : names()) {
      Optional<RunFile> file = RunFile.of(name);
      if (file.filter(f -> f == RunFile.ADAPTER || f == RunFile.WEIGHTS).isPresent()) {
        weights.put(name, FileDigest.sha256(path.resolve(name)));
      }
    }
    return weights;
  }

  /** Removes the folder and all that is in it; nothing happens when it is not there. */
  public void remove() throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.walk(path)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
