package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The source of a {@link Program}: one readable resource whose constants are filled in.
 *
 * <p>The resource holds plain functions {@code def f(self, …)}. A name such as {@code $heads} is
 * replaced by its constant; {@code $float32} and the other element types are known already. {@link
 * #toArchive()} packs the result as the archive that {@code torch.jit.save} would have written: a
 * stored zip of the code, an object without attributes and an empty table of constants.
 *
 * @param name the program's class name
 * @param source TorchScript functions, indented by two spaces
 */
@Internal
public record Script(String name, String source) {

  private static final Pattern CONSTANT = Pattern.compile("\\$(\\w+)");

  /** Stands for a constant that nobody gave; one may well be empty. */
  private static final String MISSING = "$";

  /** Numbers of torch's ScalarType. */
  private static final Map<String, String> TYPES =
      Map.of(
          "uint8",
          "0",
          "int8",
          "1",
          "int16",
          "2",
          "int32",
          "3",
          "int64",
          "4",
          "float16",
          "5",
          "float32",
          "6",
          "float64",
          "7",
          "bool",
          "11",
          "bfloat16",
          "15");

  /**
   * Reads a script from a class's resources.
   *
   * @param constants the text that replaces each {@code $name}
   * @throws IllegalArgumentException when a constant of the script is missing
   */
  public static Script read(
      Class<?> owner, String resource, String name, Map<String, String> constants) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + resource + " beside " + owner);
      }
      String template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = CONSTANT.matcher(template);
      StringBuilder source = new StringBuilder();
      while (matcher.find()) {
        String key = matcher.group(1);
        String value = constants.getOrDefault(key, TYPES.getOrDefault(key, MISSING));
        if (value.equals(MISSING)) {
          throw new IllegalArgumentException("script " + resource + " needs the constant " + key);
        }
        matcher.appendReplacement(source, Matcher.quoteReplacement(value));
      }
      matcher.appendTail(source);
      return new Script(name, source.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The script as a TorchScript archive. */
  byte[] toArchive() {
    String self = "self: __torch__." + name;
    StringBuilder code = new StringBuilder();
    code.append("class ").append(name).append("(Module):\n");
    code.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
    code.append(source.replaceAll("(?m)^(\\s*def \\w+\\()self\\b", "$1" + self));
    // A pickled object of the class with the state {training: True}, protocol 2.
    byte[] data =
        ("\u0080\u0002c__torch__\n" + name + "\n)\u0081}X\u0008\u0000\u0000\u0000training\u0088sb.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] noConstants = {(byte) 0x80, 2, ')', '.'};
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("code/__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8));
    files.put("data.pkl", data);
    files.put("constants.pkl", noConstants);
    files.put("version", "10\n".getBytes(StandardCharsets.US_ASCII));
    files.put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    return zip(files);
  }

  private static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        ZipEntry entry = new ZipEntry("m/" + file.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(file.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
