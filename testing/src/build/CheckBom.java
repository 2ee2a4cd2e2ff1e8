import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Holds a module's bill of materials against the class path it is run with: every jar is in it,
 * nothing else is, and each component has a licence. Whether it fits CycloneDX's schema is checked
 * by the plugin that writes it. Run by the build: java CheckBom.java BOM.xml
 */
class CheckBom {

  public static void main(String[] arguments) throws Exception {
    Path bom = Path.of(arguments[0]);
    Set<String> jars = jars();
    Set<String> extra = new TreeSet<>();
    Set<String> unlicensed = new TreeSet<>();
    NodeList components = components(bom);
    for (int i = 0; i < components.getLength(); i++) {
      Element component = (Element) components.item(i);
      String purl = text(component, "purl");
      // pkg:maven/group/artifact@version?classifier=…&type=jar
      String[] parts =
          purl.replaceAll(".*/|[?&]type=[^&]*", "").replace("%3A", ":").split("[@]|[?]classifier=");
      String file = String.join("-", parts) + ".jar";
      if (!jars.remove(file)) {
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
            + components.getLength()
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

  private static NodeList components(Path bom) throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(bom.toFile())
            .getDocumentElement();
    NodeList lists = root.getElementsByTagName("components");
    // Without dependencies there is no list; the module itself stands under metadata.
    return lists.getLength() == 0
        ? lists
        : ((Element) lists.item(0)).getElementsByTagName("component");
  }

  private static String text(Element element, String tag) {
    return element.getElementsByTagName(tag).item(0).getTextContent();
  }
}
