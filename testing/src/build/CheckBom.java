import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Holds a module's bill of materials against the class path it is run with: every jar is in it,
 * nothing else is, and each component has a licence. Whether it fits CycloneDX's schema is checked
 * by the plugin that writes it. Run by the build: java CheckBom.java BOM.xml
 */
class CheckBom {

  /**
   * Annotations that this build takes at compile time only; libraries bring them to whoever depends
   * on a module.
   */
  private static final String ANNOTATIONS = "jspecify-";

  public static void main(String[] arguments) throws Exception {
    Path bom = Path.of(arguments[0]);
    Set<String> jars = jars();
    Set<String> extra = new TreeSet<>();
    Set<String> unlicensed = new TreeSet<>();
    List<Element> components = components(bom);
    for (Element component : components) {
      String purl = text(component, "purl");
      // pkg:maven/group/artifact@version?classifier=…&type=jar
      String[] parts =
          purl.replaceAll(".*/|[?&]type=[^&]*", "").replace("%3A", ":").split("[@]|[?]classifier=");
      String file = String.join("-", parts) + ".jar";
      if (!jars.remove(file) && !file.startsWith(ANNOTATIONS)) {
        extra.add(file);
      }
      if (component.getElementsByTagName("license").getLength()
              + component.getElementsByTagName("expression").getLength()
          == 0) {
        unlicensed.add(file);
      }
    }
    if (!jars.isEmpty() || !extra.isEmpty() || !unlicensed.isEmpty()) {
      System.err.println(
          bom
              + ": missing "
              + jars
              + ", not on the class path "
              + extra
              + ", without a licence "
              + unlicensed);
      System.exit(1);
    }
    System.out.println(
        bom
            + ": "
            + components.size()
            + " components, the runtime class path, each with a licence");
  }

  /**
   * Names of the class path's jars; a module of this build may stand there as its folder of
   * classes.
   */
  private static Set<String> jars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(entry -> Path.of(entry).getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Those of the list itself, and not the tools that made it; a module without dependencies has
   * none.
   */
  private static List<Element> components(Path bom) throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(bom.toFile())
            .getDocumentElement();
    return children(root, "components").flatMap(list -> children(list, "component")).toList();
  }

  private static Stream<Element> children(Element of, String tag) {
    NodeList nodes = of.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeName().equals(tag))
        .map(Element.class::cast);
  }

  private static String text(Element element, String tag) {
    return element.getElementsByTagName(tag).item(0).getTextContent();
  }
}
