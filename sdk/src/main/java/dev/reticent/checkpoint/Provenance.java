package dev.reticent.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.format.FileDigest;
import dev.reticent.format.JsonFields;
import dev.reticent.format.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run was made from: software, machine, and SHA-256 digests of configuration and base model;
 * kept as {@code provenance.json}.
 *
 * @param created the day, in UTC; no more, as the time that a run took tells of its batches
 * @param versions software and its versions, the JDK among it
 * @param machine operating system, architecture, processors
 * @param digests what was read, by a name of the caller's choice
 */
public record Provenance(
    String created,
    Map<String, String> versions,
    Map<String, String> machine,
    Map<String, String> digests) {
  private static final String FILE = "provenance.json";

  public Provenance {
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    machine = Collections.unmodifiableMap(new TreeMap<>(machine));
    digests = Collections.unmodifiableMap(new TreeMap<>(digests));
  }

  /** The provenance of what is made here and now: these versions and the JDK's, no digests. */
  public static Provenance here(Map<String, String> versions) {
    Map<String, String> all = new TreeMap<>(versions);
    all.put(
        "jdk", System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
    return new Provenance(
        LocalDate.now(ZoneOffset.UTC).toString(),
        all,
        Map.of(
            "os", System.getProperty("os.name") + " " + System.getProperty("os.version"),
            "architecture", System.getProperty("os.arch"),
            "processors", String.valueOf(Runtime.getRuntime().availableProcessors())),
        Map.of());
  }

  /** The start of {@link #created} in seconds since 1970. */
  public long day() {
    return LocalDate.parse(created.substring(0, 10)).toEpochDay() * 86_400;
  }

  /** This provenance with one more digest. */
  public Provenance with(String name, String digest) {
    Map<String, String> all = new TreeMap<>(digests);
    all.put(name, digest);
    return new Provenance(created, versions, machine, all);
  }

  /**
   * SHA-256 of a file's bytes; for a folder, of the lines "digest, two spaces, relative name" of
   * all files below it in the order of their names (what {@code sha256sum} prints).
   */
  public static String digest(Path fileOrFolder) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return FileDigest.sha256(fileOrFolder);
    }
    StringBuilder lines = new StringBuilder();
    for (Path file : Disk.filesBelow(fileOrFolder)) {
      lines.append(FileDigest.sha256(file)).append("  ");
      lines.append(Disk.name(fileOrFolder, file)).append('\n');
    }
    return digest(lines.toString());
  }

  /** SHA-256 of a text in UTF-8, in hexadecimal. */
  public static String digest(String text) {
    return FileDigest.sha256(text);
  }

  /** Writes {@code provenance.json} into a run's folder, replacing it whole. */
  public void write(Path folder) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("created", created);
    put(json.putObject("versions"), versions);
    put(json.putObject("machine"), machine);
    put(json.putObject("digests"), digests);
    WholeFile.replace(folder.resolve(FILE), json.toPrettyString() + "\n");
  }

  /** Reads the {@code provenance.json} of a run's folder. */
  public static Provenance read(Path folder) {
    JsonFields json = JsonFields.read(folder.resolve(FILE));
    return new Provenance(
        json.text("created"),
        texts(json.object("versions")),
        texts(json.object("machine")),
        texts(json.object("digests")));
  }

  private static void put(ObjectNode node, Map<String, String> values) {
    values.forEach(node::put);
  }

  private static Map<String, String> texts(JsonFields json) {
    Map<String, String> values = new TreeMap<>();
    json.keys().forEach(key -> values.put(key, json.text(key)));
    return values;
  }
}
