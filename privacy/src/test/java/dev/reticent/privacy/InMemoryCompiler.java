package dev.reticent.privacy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles one source against the test's class path.
 *
 * @param classes by name; empty where it does not compile
 * @param messages what the compiler says
 */
record InMemoryCompiler(Map<String, byte[]> classes, String messages) {

  /**
   * @param name such as dev/reticent/privacy/Clipping
   */
  static InMemoryCompiler compile(String name, String source) {
    Map<String, byte[]> classes = new HashMap<>();
    StringWriter messages = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    JavaFileManager files =
        new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new Written(className, kind, classes);
          }
        };
    List<String> options =
        List.of("-proc:none", "-implicit:none", "-cp", System.getProperty("java.class.path"));
    compiler.getTask(messages, files, null, options, null, List.of(unit)).call();
    return new InMemoryCompiler(classes, messages.toString());
  }

  private static final class Written extends SimpleJavaFileObject {

    private final String className;
    private final Map<String, byte[]> classes;

    Written(String className, Kind kind, Map<String, byte[]> classes) {
      super(URI.create("mem:///" + className + ".class"), kind);
      this.className = className;
      this.classes = classes;
    }

    @Override
    public OutputStream openOutputStream() {
      return new ByteArrayOutputStream() {
        @Override
        public void close() {
          classes.put(className, toByteArray());
        }
      };
    }
  }
}
