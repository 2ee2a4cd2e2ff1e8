package dev.reticent.format;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The tensors of one safetensors file, or of a model folder of one or many.
 *
 * <p>Opening reads and checks the headers only; see {@link StoredTensor} for the values. Whatever
 * is wrong with a file (truncated, overlapping or out of range offsets, a shape that disagrees with
 * its size, a name twice, a missing shard) is a {@link UserInputException} naming file, tensor,
 * expected and found. Safe for use by many threads.
 */
public final class Safetensors implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path source;
  private final List<FileChannel> channels;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, String> metadata;

  private Safetensors(
      Path source,
      List<FileChannel> channels,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata) {
    this.source = source;
    this.channels = channels;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /**
   * Opens a file, or the weights of a folder: {@code model.safetensors}, else the files named by
   * {@code model.safetensors.index.json}.
   */
  public static Safetensors open(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return open(fileOrFolder, List.of(fileOrFolder), Map.of());
    }
    Path single = fileOrFolder.resolve(SINGLE);
    if (Files.isRegularFile(single)) {
      return open(fileOrFolder, List.of(single), Map.of());
    }
    Path index = fileOrFolder.resolve(INDEX);
    if (Files.isRegularFile(index)) {
      return openShards(fileOrFolder, index);
    }
    throw new UserInputException(
        fileOrFolder
            + ": no "
            + SINGLE
            + " and no "
            + INDEX
            + " here. "
            + OtherWeights.found(fileOrFolder));
  }

  /**
   * Opens a file of a program's own state, in which any number may stand: values that are not
   * finite are given back as they were saved, where {@link #open} refuses them as weights.
   */
  public static Safetensors openState(Path file) {
    Safetensors state = open(file, List.of(file), Map.of());
    state.tensors.values().forEach(StoredTensor::takeAsSaved);
    return state;
  }

  private static Safetensors openShards(Path folder, Path index) {
    JsonFields map = JsonFields.read(index).object("weight_map");
    Map<String, Path> placed = new LinkedHashMap<>();
    Set<Path> files = new LinkedHashSet<>();
    List<String> missing = new ArrayList<>();
    for (String tensor : map.keys()) {
      String name = map.text(tensor);
      Path file = folder.resolve(name);
      if (!Path.of(name).equals(file.getFileName())) {
        throw map.wrong(tensor, "the name of a file in the same folder");
      }
      placed.put(tensor, file);
      if (files.add(file) && !Files.isRegularFile(file)) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw new UserInputException(
          folder + ": " + INDEX + " names files that are not here: " + String.join(", ", missing));
    }
    return open(folder, List.copyOf(files), placed);
  }

  private static Safetensors open(Path source, List<Path> files, Map<String, Path> placed) {
    List<FileChannel> channels = new ArrayList<>();
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try {
      for (Path file : files) {
        FileChannel channel = channel(file);
        channels.add(channel);
        SafetensorsHeader header = SafetensorsHeader.read(file, channel);
        metadata.putAll(header.metadata());
        header
            .tensors()
            .forEach(
                (name, tensor) -> {
                  if (placed.isEmpty() || file.equals(placed.get(name))) {
                    tensors.put(name, tensor);
                  }
                });
      }
      placed.forEach(
          (name, file) -> {
            if (!tensors.containsKey(name)) {
              throw new UserInputException(
                  file
                      + ": tensor "
                      + name
                      + " is missing; "
                      + INDEX
                      + " says it is in this file.");
            }
          });
      scale(tensors);
      return new Safetensors(source, channels, tensors, metadata);
    } catch (RuntimeException e) {
      channels.forEach(Safetensors::close);
      throw e;
    }
  }

  /** 8-bit floats have their scales beside them, under one of two names. */
  private static void scale(Map<String, StoredTensor> tensors) {
    for (Map.Entry<String, StoredTensor> entry : tensors.entrySet()) {
      StoredTensor tensor = entry.getValue();
      for (String ending : List.of("_scale_inv", "_scale")) {
        StoredTensor scales = tensors.get(entry.getKey() + ending);
        if (scales != null && tensor.dtype() == Dtype.F8_E4M3) {
          entry.setValue(tensor.scaledBy(scales));
          break;
        }
      }
    }
  }

  /**
   * Shows some matrices with rows for columns, as a model has them that stores them the other way.
   */
  public void transpose(Iterable<String> names) {
    for (String name : names) {
      tensors.computeIfPresent(name, (n, tensor) -> tensor.transpose());
    }
  }

  /** Shows matrices of one width as one, one below the other, and no longer by themselves. */
  public void stack(String name, List<String> parts) {
    List<StoredTensor> found = parts.stream().map(this::tensor).toList();
    parts.forEach(tensors::remove);
    tensors.put(name, new StackedTensor(name, found));
  }

  /**
   * Shows a tensor [n, rows, columns] as n matrices, one below the other.
   *
   * @param transposed whether it is [n, columns, rows]
   */
  public void flatten(String name, boolean transposed) {
    StoredTensor all = tensor(name);
    List<StoredTensor> parts =
        LongStream.range(0, all.shape().get(0))
            .mapToObj(all::slice)
            .map(part -> transposed ? part.transpose() : part)
            .toList();
    tensors.put(name, new StackedTensor(name, parts));
  }

  /** Shows the matrix that {@code name_blocks} and {@code name_scales} hold in MXFP4. */
  public void unpackMxfp4(String name) {
    tensors.put(name, new Mxfp4Tensor(name, tensor(name + "_blocks"), tensor(name + "_scales")));
    tensors.remove(name + "_blocks");
    tensors.remove(name + "_scales");
  }

  private static FileChannel channel(Path file) {
    try {
      return FileChannel.open(file);
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be opened: " + e, e);
    }
  }

  /** The file or folder this was opened from. */
  public Path source() {
    return source;
  }

  /** The files the tensors are in, in order. */
  public List<Path> files() {
    return tensors.values().stream().flatMap(t -> t.files().stream()).distinct().toList();
  }

  /** All tensor names, in the order of the headers. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /** The free-text metadata of the headers. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * The tensor of this name.
   *
   * @throws UserInputException if there is none
   */
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserInputException(
          source + ": tensor " + name + " is missing; found " + tensors.size() + " others.");
    }
    return tensor;
  }

  /** Closes the files; buffers already taken stay valid. */
  @Override
  public void close() {
    channels.forEach(Safetensors::close);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e); // a read-only channel has nothing left to lose
    }
  }
}
