package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How MaskBench's schemas fare: how many are compiled, which of their invalid instances are let
 * through and which of their valid ones are not. Each is held against its schema byte by byte, its
 * members in any order that is let through.
 *
 * <pre>
 * git clone https://github.com/guidance-ai/jsonschemabench
 * java -cp $CP dev.reticent.constraint.MaskBench jsonschemabench/maskbench/data 10
 * </pre>
 *
 * <p>The second argument takes every tenth schema, from the one on that the third names (0). What
 * is not as it should be is listed.
 */
final class MaskBench {
  private MaskBench() {}

  public static void main(String[] args) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    int every = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    int first = args.length > 2 ? Integer.parseInt(args[2]) : 0;
    SchemaTally tally = new SchemaTally(SchemaRules.STANDARD);
    for (int i = first; i < files.size(); i += every) {
      JsonNode bench = Judge.JSON.readTree(files.get(i).toFile());
      tally.add(files.get(i).getFileName().toString(), bench.get("schema"), bench.get("tests"));
    }
    tally.print();
  }
}
