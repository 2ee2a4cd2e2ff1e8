import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Adds the native libraries of the class path's jars to a jar, as compressed as they are: to unpack and pack half a
 * gigabyte of libtorch again takes longer than all else of this build. Run by the build: java AddNatives.java JAR
 */
class AddNatives {

  /** Where DJL keeps its libraries, and the files that say which they are. */
  private static boolean isNative(String name) {
    return name.matches("(pytorch|jnilib|native)/.*[^/]");
  }

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path part = jar.resolveSibling("with-natives.part");
    Set<String> added = new HashSet<>();
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(part.toFile())) {
      copy(jar, out, added, false);
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        if (entry.endsWith(".jar")) {
          copy(Path.of(entry), out, added, true);
        }
      }
    }
    Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void copy(Path from, ZipArchiveOutputStream out, Set<String> added, boolean nativesOnly)
      throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(from).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        if (isNative(entry.getName()) == nativesOnly && added.add(entry.getName())) {
          out.addRawArchiveEntry(entry, zip.getRawInputStream(entry));
        }
      }
    }
  }
}
