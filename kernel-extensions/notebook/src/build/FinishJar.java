import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Adds to a jar what shading cannot. The native libraries of the class path's jars, as compressed
 * as they are: to unpack and pack half a gigabyte of libtorch again takes longer than all else of
 * this build. And the texts of licences, each library's in a folder of its own: side by side in
 * META-INF the first LICENSE would be the only one. The build fails where a class in the jar is of
 * no library that META-INF/THIRD-PARTY lists. Run by it: java FinishJar.java JAR FOLDER, whose
 * texts are added too
 */
class FinishJar {

  private static final String LICENSES = "META-INF/licenses/";

  /** Where DJL keeps its libraries, and the files that say which they are. */
  private static final Pattern NATIVE = Pattern.compile("(pytorch|jnilib|native)/.*[^/]");

  private static final Pattern LICENSE =
      Pattern.compile("(META-INF/)?([^/]*(LICENSE|NOTICE|COPYING)[^/]*|AL2\\.0|LGPL2\\.1)");

  private static final Pattern LISTED =
      Pattern.compile("\\([^:()]+:([^:()]+):([^:() ]+) - [^()]*\\)\\R");

  /** Of the jar as it was shaded; NOTICE has those of all libraries. */
  private static final Set<String> OWN = Set.of("META-INF/LICENSE", "META-INF/NOTICE");

  /** The prefix of packages that were moved; what they lost is one folder or two. */
  private static final String MOVED = "dev/reticent/shaded/";

  private final ZipArchiveOutputStream out;
  private final Set<String> added = new HashSet<>();

  /** Classes in the jar that no library has been found to bring. */
  private final Set<String> unexplained = new HashSet<>();

  private String thirdParties = "";

  private FinishJar(ZipArchiveOutputStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path part = jar.resolveSibling("finished.part");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(part.toFile())) {
      FinishJar finish = new FinishJar(out);
      long time = finish.shaded(jar);
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        if (entry.endsWith(".jar")) {
          finish.library(Path.of(entry), time);
        }
      }
      finish.texts(Path.of(arguments[1]), time);
      if (!finish.unexplained.isEmpty()) {
        throw new IOException(
            jar
                + " has classes of libraries that META-INF/THIRD-PARTY does not list, such as "
                + finish.unexplained.stream().sorted().limit(5).toList());
      }
    }
    Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** All but what is added below; the time of its first entry, which is the build's. */
  private long shaded(Path jar) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
      for (ZipArchiveEntry entry : entries) {
        String name = entry.getName();
        if (!NATIVE.matcher(name).matches()
            && (OWN.contains(name) || !LICENSE.matcher(name).matches())) {
          copy(zip, entry);
        }
        if (name.endsWith(".class")
            && (name.startsWith(MOVED) || !name.startsWith("dev/reticent/"))) {
          unexplained.add(name.replace(MOVED, ""));
        }
        if (name.equals("META-INF/THIRD-PARTY")) {
          thirdParties =
              new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      return entries.get(0).getTime();
    }
  }

  private void library(Path jar, long time) throws IOException {
    String file = jar.getFileName().toString();
    String folder = LICENSES + file.replace(".jar", "/");
    boolean listed = listed(file);
    try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        String name = entry.getName();
        if (NATIVE.matcher(name).matches()) {
          copy(zip, entry);
        } else if (LICENSE.matcher(name).matches()) {
          write(
              folder + name.replace("META-INF/", ""),
              zip.getInputStream(entry).readAllBytes(),
              time);
        } else if (listed) {
          String moved = name.substring(name.indexOf('/') + 1);
          unexplained.removeAll(List.of(name, moved, moved.substring(moved.indexOf('/') + 1)));
        }
      }
    }
  }

  /** Whether a jar is one of a line that ends in (group:artifact:version - address). */
  private boolean listed(String file) {
    return LISTED
        .matcher(thirdParties)
        .results()
        .anyMatch(line -> file.startsWith(line.group(1) + "-" + line.group(2)));
  }

  private void texts(Path folder, long time) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        write(LICENSES + name, Files.readAllBytes(file), time);
      }
    }
  }

  private void copy(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    if (added.add(entry.getName())) {
      out.addRawArchiveEntry(entry, zip.getRawInputStream(entry));
    }
  }

  private void write(String name, byte[] text, long time) throws IOException {
    if (added.add(name)) {
      ZipArchiveEntry entry = new ZipArchiveEntry(name);
      entry.setTime(time);
      out.putArchiveEntry(entry);
      out.write(text);
      out.closeArchiveEntry();
    }
  }
}
