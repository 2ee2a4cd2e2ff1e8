package dev.reticent.config;

import dev.reticent.config.YamlNode.Entry;
import dev.reticent.config.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One reading of a tree: what was declared, what was found wrong, and the values in full. */
final class Reading {
  final Mapping root;
  final Problems problems;
  final List<KeyReference> declared = new ArrayList<>();

  /** The full settings by path, in the order of declaration. */
  final Map<String, YamlNode> resolved = new LinkedHashMap<>();

  /** What to write instead of keys that are not known. */
  final Map<String, String> cures = new LinkedHashMap<>();

  private final Set<String> leaves = new LinkedHashSet<>();
  private final Set<String> sections = new LinkedHashSet<>();
  private final Set<String> wrong = new HashSet<>();

  Reading(Mapping root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  Optional<Entry> find(String path) {
    Mapping mapping = root;
    String[] names = path.split("\\.");
    for (int i = 0; i < names.length - 1; i++) {
      Entry entry = mapping.entries().get(names[i]);
      if (entry == null || !(entry.value() instanceof Mapping inner)) {
        return Optional.empty();
      }
      mapping = inner;
    }
    return Optional.ofNullable(mapping.entries().get(names[names.length - 1]));
  }

  void declareLeaf(String path) {
    if (!leaves.add(path)) {
      throw new IllegalStateException(path + " is declared twice");
    }
    declareParents(path);
  }

  void declareSection(String path) {
    sections.add(path);
    declareParents(path);
  }

  private void declareParents(String path) {
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      sections.add(path.substring(0, dot));
    }
  }

  void wrong(String path, Place place, String message) {
    wrong.add(path);
    problems.add(place, message);
  }

  boolean isWrong(String path) {
    return wrong.contains(path);
  }

  void reportUnknown() {
    reportUnknown(root, "");
  }

  private void reportUnknown(Mapping mapping, String prefix) {
    mapping
        .entries()
        .forEach(
            (name, entry) -> {
              String path = prefix + name;
              if (leaves.contains(path)) {
                return;
              }
              if (!sections.contains(path)) {
                problems.add(entry.place(), path + ": unknown key" + cure(path, name, prefix));
              } else if (entry.value() instanceof Mapping inner) {
                reportUnknown(inner, path + ".");
              } else if (!entry.value().isNull()) {
                problems.add(
                    entry.value().place(),
                    path
                        + ": found "
                        + entry.value().found()
                        + ", expected a mapping with some of the keys "
                        + String.join(", ", children(path + ".")));
              }
            });
  }

  private String cure(String path, String name, String prefix) {
    String cure = cures.get(path);
    return cure == null ? suggestion(name, prefix) : "; " + cure;
  }

  private String suggestion(String name, String prefix) {
    String near = Suggestion.of(name, children(prefix));
    if (!near.isEmpty()) {
      return near;
    }
    Set<String> all = new LinkedHashSet<>(leaves);
    all.addAll(sections);
    String elsewhere = Suggestion.of(name, all);
    return elsewhere.isEmpty() ? "; known here: " + String.join(", ", children(prefix)) : elsewhere;
  }

  private Set<String> children(String prefix) {
    Set<String> all = new LinkedHashSet<>(leaves);
    all.addAll(sections);
    return all.stream()
        .filter(path -> path.startsWith(prefix) && path.indexOf('.', prefix.length()) < 0)
        .map(path -> path.substring(prefix.length()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The settings in full, as a tree. */
  Mapping resolvedTree() {
    Mapping tree = new Mapping(root.place(), Map.of());
    for (Map.Entry<String, YamlNode> entry : resolved.entrySet()) {
      tree = put(tree, entry.getKey(), entry.getValue());
    }
    return tree;
  }

  private static Mapping put(Mapping tree, String path, YamlNode value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return tree.with(path, new Entry(value.place(), value));
    }
    String name = path.substring(0, dot);
    Entry entry = tree.entries().get(name);
    Mapping inner =
        entry != null && entry.value() instanceof Mapping m
            ? m
            : new Mapping(tree.place(), Map.of());
    return tree.with(name, new Entry(tree.place(), put(inner, path.substring(dot + 1), value)));
  }
}
