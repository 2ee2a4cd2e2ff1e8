package dev.reticent.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A row's digest: of everything its object says, whatever is trained on and however it is written.
 * Neither the order of its fields nor white space nor the way a text is escaped changes it, nor a
 * field that holds nothing, which a table leaves out.
 */
final class RowDigest {

  private RowDigest() {}

  static String of(JsonNode row) {
    List<String> parts = new ArrayList<>();
    add(row, parts);
    return Keyed.digest(parts);
  }

  private static void add(JsonNode node, List<String> parts) {
    if (node.isObject()) {
      List<String> names = new ArrayList<>();
      node.fieldNames().forEachRemaining(names::add);
      names.removeIf(name -> node.get(name).isNull());
      Collections.sort(names);
      parts.add("{" + names.size());
      for (String name : names) {
        parts.add(name);
        add(node.get(name), parts);
      }
    } else if (node.isArray()) {
      parts.add("[" + node.size());
      node.forEach(item -> add(item, parts));
    } else {
      parts.add(node.getNodeType() + ":" + node.asText());
    }
  }
}
