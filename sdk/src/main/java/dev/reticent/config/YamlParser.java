package dev.reticent.config;

import dev.reticent.config.YamlNode.Entry;
import dev.reticent.config.YamlNode.Mapping;
import dev.reticent.config.YamlNode.Scalar;
import dev.reticent.config.YamlNode.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** YAML text to nodes; aliases and merge keys are resolved, tags are refused. */
final class YamlParser {
  private static final String STANDARD_TAGS = "tag:yaml.org,2002:";

  private final BiConsumer<Place, String> problems;
  private final Function<Node, Place> places;
  private final IdentityHashMap<Node, YamlNode> done = new IdentityHashMap<>();
  private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();

  private YamlParser(BiConsumer<Place, String> problems, Function<Node, Place> places) {
    this.problems = problems;
    this.places = places;
  }

  /** The document of a file; an empty one is an empty mapping. */
  static YamlNode parseFile(String source, String yaml, BiConsumer<Place, String> problems) {
    return parse(
        yaml,
        problems,
        new Place(source, 1, 1),
        node -> {
          var mark = node.getStartMark();
          return new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
        },
        new Mapping(new Place(source, 1, 1), Map.of()));
  }

  /** The value of an override. */
  static YamlNode parseValue(Place place, String yaml, BiConsumer<Place, String> problems) {
    return parse(yaml, problems, place, node -> place, new Scalar(place, "", true));
  }

  private static YamlNode parse(
      String yaml,
      BiConsumer<Place, String> problems,
      Place start,
      Function<Node, Place> places,
      YamlNode empty) {
    try {
      Node node =
          new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
      return node == null ? empty : new YamlParser(problems, places).convert(node);
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      Place place =
          start.isOverride() || mark == null
              ? start
              : new Place(start.source(), mark.getLine() + 1, mark.getColumn() + 1);
      throw new UserInputException(
          place + ": not valid YAML: " + e.getProblem() + hint(yaml, place), e);
    } catch (YAMLException e) {
      throw new UserInputException(start + ": not valid YAML: " + e.getMessage(), e);
    }
  }

  /** Inside of brackets and braces a question mark, a colon or a comma of a text ends the text. */
  private static String hint(String yaml, Place place) {
    String line =
        place.isOverride() ? yaml : yaml.lines().skip(place.line() - 1L).findFirst().orElse("");
    return line.matches(".*[\\[{,].*[?:].*")
        ? "; put texts with ? or : or , into quotes, such as [\"Who is there?\"]"
        : "";
  }

  private YamlNode convert(Node node) {
    YamlNode known = done.get(node);
    if (known != null) {
      return known;
    }
    Place place = places.apply(node);
    if (open.put(node, true) != null) {
      problems.accept(place, "an alias that contains itself");
      return new Scalar(place, "", true);
    }
    if (!node.getTag().getValue().startsWith(STANDARD_TAGS)) {
      problems.accept(
          place, "the tag " + node.getTag().getValue() + " is not understood; remove it");
    }
    YamlNode converted;
    if (node instanceof MappingNode mapping) {
      converted = mapping(place, mapping);
    } else if (node instanceof SequenceNode sequence) {
      List<YamlNode> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(convert(item)));
      converted = new Sequence(place, items);
    } else {
      ScalarNode scalar = (ScalarNode) node;
      converted =
          new Scalar(place, scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
    }
    open.remove(node);
    done.put(node, converted);
    return converted;
  }

  private Mapping mapping(Place place, MappingNode node) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Entry> merged = new ArrayList<>();
    for (NodeTuple tuple : node.getValue()) {
      Place keyPlace = places.apply(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problems.accept(keyPlace, "a key must be a word, not a list or a mapping");
        continue;
      }
      String key = scalar.getValue();
      if (key.equals("<<")) {
        merges(new Entry(keyPlace, convert(tuple.getValueNode())), merged);
      } else if (entries.containsKey(key)) {
        problems.accept(
            keyPlace, key + ": given twice; the first is at " + entries.get(key).place());
      } else {
        entries.put(key, new Entry(keyPlace, convert(tuple.getValueNode())));
      }
    }
    for (Entry entry : merged) {
      ((Mapping) entry.value()).entries().forEach(entries::putIfAbsent);
    }
    return new Mapping(place, entries);
  }

  /**
   * What {@code <<} names, one mapping or several; a key of the mapping itself stands before it.
   */
  private void merges(Entry merge, List<Entry> merged) {
    if (merge.value() instanceof Mapping) {
      merged.add(merge);
    } else if (merge.value() instanceof Sequence sequence && !sequence.items().isEmpty()) {
      sequence.items().forEach(item -> merges(new Entry(merge.place(), item), merged));
    } else {
      problems.accept(merge.place(), "<<: expected a mapping, or a list of mappings, to take over");
    }
  }

  /** Whether a plain scalar of this text would be read as something else by a YAML reader. */
  static boolean isWord(String text) {
    return text.matches("[A-Za-z_./][A-Za-z0-9_./-]*")
        && !Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n")
            .contains(text.toLowerCase(Locale.ROOT));
  }
}
