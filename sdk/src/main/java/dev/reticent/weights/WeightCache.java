package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Dtype;
import dev.reticent.format.FileDigest;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Quantized weights on disk, so that a model is quantized once.
 *
 * <p>An entry is a folder named by the SHA-256 of the model's weight files and the kind of
 * quantization. It is written beside its place, one matrix after the other, and appears under its
 * name only when complete. It is held against its own SHA-256 before use (sums are taken by parts,
 * on all cores); a damaged one is removed and made anew. A disk that is full or read-only costs the
 * entry, never the run.
 *
 * @param folder where entries are; it is made when it is missing
 * @param leastBytes models with smaller weight files are quantized each time
 * @param notices receives a line whenever something is not as it should be
 */
@Internal
public record WeightCache(Path folder, long leastBytes, Consumer<String> notices) {

  /** Changes whenever entries of earlier versions cannot be read any more. */
  private static final int FORMAT = 2;

  private static final String WEIGHTS = "weights.safetensors";
  private static final String DIGEST = "weights.sha256";

  /** Keeps nothing. */
  public static WeightCache none() {
    return new WeightCache(Path.of(""), Long.MAX_VALUE, notice -> {});
  }

  /** In {@code .cache/reticent/quantized} below the user's home, for weights from 256 MiB on. */
  public static WeightCache standard(Consumer<String> notices) {
    Path home = Path.of(System.getProperty("user.home"));
    return new WeightCache(
        home.resolve(".cache").resolve("reticent").resolve("quantized"), 1L << 28, notices);
  }

  /** The quantized matrices of a model; empty when they are to be made in memory. */
  public Optional<Safetensors> open(ModelConfig config, Safetensors source, Quantization kind) {
    List<Path> files = source.files();
    try {
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      if (kind == Quantization.NONE || bytes < leastBytes) {
        return Optional.empty();
      }
      Files.createDirectories(folder);
      String key = FileDigest.sha256(FORMAT + " " + kind + " " + digest(files));
      Path entry = folder.resolve(key);
      Optional<Safetensors> kept = intact(entry);
      if (kept.isPresent()) {
        return kept;
      }
      write(config, source, kind, entry);
      return intact(entry);
    } catch (IOException e) {
      notices.accept(
          "quantized weights cannot be kept in "
              + folder
              + " ("
              + e
              + "): they are made anew for each run. quantization.cache_dir names another place.");
      return Optional.empty();
    }
  }

  /** Remembered by path, size and time, since reading a large model takes a while. */
  private String digest(List<Path> files) throws IOException {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      stamp.append(file.toRealPath()).append('\n').append(now.size()).append('\n');
      stamp.append(now.lastModifiedTime().toInstant()).append('\n');
    }
    Path remembered =
        folder.resolve("source-" + FORMAT + "-" + FileDigest.sha256(stamp.toString()));
    if (Files.isRegularFile(remembered)) {
      String digest = Files.readString(remembered);
      if (digest.matches("[0-9a-f]{64}")) {
        return digest;
      }
    }
    String digest = FileDigest.sha256OfParts(files);
    Path partial = Files.createTempFile(folder, ".source-", ".part");
    Files.writeString(partial, digest);
    Files.move(
        partial, remembered, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return digest;
  }

  private Optional<Safetensors> intact(Path entry) throws IOException {
    if (!Files.isDirectory(entry)) {
      return Optional.empty();
    }
    Path weights = entry.resolve(WEIGHTS);
    Path digest = entry.resolve(DIGEST);
    String problem = "a file is missing";
    if (Files.isRegularFile(weights) && Files.isRegularFile(digest)) {
      problem = "it is not what its checksum says";
      if (FileDigest.sha256OfParts(List.of(weights)).equals(Files.readString(digest))) {
        try {
          return Optional.of(Safetensors.open(weights));
        } catch (UserInputException e) {
          problem = e.getMessage();
        }
      }
    }
    notices.accept(
        entry + ": the quantized weights are damaged (" + problem + "); they are made anew.");
    remove(entry);
    return Optional.empty();
  }

  private void write(ModelConfig config, Safetensors source, Quantization kind, Path entry)
      throws IOException {
    Path partial = Files.createTempDirectory(folder, ".new-");
    try {
      SafetensorsWriter writer = new SafetensorsWriter();
      TensorNames names = new TensorNames(config);
      for (int layer = 0; layer < config.layers(); layer++) {
        for (Projection projection : Projection.of(config, layer)) {
          if (!projection.quantizable()) {
            continue;
          }
          StoredTensor matrix = source.tensor(names.weight(layer, projection).name());
          int parts = projection.parts(config);
          long bytes =
              QuantizedBytes.size(
                  kind, projection.out(config, layer), projection.in(config, layer), parts);
          writer.add(
              matrix.name(),
              Dtype.U8,
              List.of(bytes),
              channel -> QuantizedBytes.of(kind, matrix, parts).writeTo(channel));
        }
      }
      writer.write(partial.resolve(WEIGHTS));
      Files.writeString(
          partial.resolve(DIGEST), FileDigest.sha256OfParts(List.of(partial.resolve(WEIGHTS))));
      Files.move(partial, entry, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      remove(partial);
      if (!Files.isDirectory(entry)) { // else another process was faster, with the same bytes
        throw e;
      }
    }
  }

  private static void remove(Path entry) throws IOException {
    for (String name : new String[] {WEIGHTS, DIGEST, "." + WEIGHTS + ".part"}) {
      Files.deleteIfExists(entry.resolve(name));
    }
    Files.deleteIfExists(entry);
  }
}
