package dev.reticent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.api.Internal;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The API of a module: its public types and members that are not {@link Internal}, and that name no
 * internal type.
 *
 * @param folder the module's, beside that of the module under test
 */
public record PublicFace(String folder) {
  private static final Pattern OURS = Pattern.compile("dev\\.reticent\\.[\\w.$]+");
  private static final Pattern PACKAGE = Pattern.compile("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])");
  private static final Set<String> OF_ANY_OBJECT = Set.of("equals", "hashCode", "toString");

  /** Compares the API with its committed list, {@code api.txt} in the module's folder. */
  public void check() throws IOException {
    Path list = Path.of("..", folder, "api.txt");
    String now = text();
    assertThat(now).as("a module without an API").isNotEmpty();
    if (Boolean.getBoolean("reticent.regenerate")) {
      Files.writeString(list, now);
    }
    assertThat(now)
        .as(
            "the API of %s is not what its api.txt says; where that is meant, write it anew with%n"
                + "  mvn -pl %s -am test -Dtest=PublicFaceTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dreticent.regenerate=true%n"
                + "and tell users of it in CHANGELOG.md",
            folder, Path.of("").toAbsolutePath().getFileName())
        .isEqualTo(Files.readString(list));
  }

  private String text() throws IOException {
    Path sources = Path.of("..", folder, "src", "main", "java");
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .map(file -> sources.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".java") && !file.endsWith("-info.java"))
          .sorted()
          .forEach(file -> describe(type(file.replace(".java", "").replace('/', '.')), text));
    }
    return text.toString();
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, PublicFace.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void describe(Class<?> type, StringBuilder text) {
    if (!Modifier.isPublic(type.getModifiers()) || internal(type)) {
      return;
    }
    text.append(type.getName().replace('$', '.')).append('\n');
    members(type).forEach(member -> text.append("  ").append(member).append('\n'));
    Arrays.stream(type.getDeclaredClasses())
        .sorted((a, b) -> a.getName().compareTo(b.getName()))
        .forEach(nested -> describe(nested, text));
  }

  private static Set<String> members(Class<?> type) {
    Set<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers()) && !namesInternal(field.toGenericString())) {
        members.add(field.isEnumConstant() ? field.getName() : plain(field.toGenericString()));
      }
    }
    for (Constructor<?> made : type.getDeclaredConstructors()) {
      if (shown(made)) {
        members.add("new(" + parameters(made) + ")");
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      boolean ofEnum = type.isEnum() && Set.of("values", "valueOf").contains(method.getName());
      if (shown(method) && !ofEnum && !OF_ANY_OBJECT.contains(method.getName())) {
        members.add(
            (Modifier.isStatic(method.getModifiers()) ? "static " : "")
                + plain(method.getGenericReturnType().getTypeName())
                + " "
                + method.getName()
                + "("
                + parameters(method)
                + ")");
      }
    }
    return members;
  }

  private static boolean shown(Executable member) {
    return Modifier.isPublic(member.getModifiers())
        && !member.isSynthetic()
        && !member.isAnnotationPresent(Internal.class)
        && !namesInternal(member.toGenericString());
  }

  private static String parameters(Executable member) {
    return Arrays.stream(member.getGenericParameterTypes())
        .map(Type::getTypeName)
        .map(PublicFace::plain)
        .collect(Collectors.joining(", "));
  }

  private static String plain(String text) {
    return PACKAGE
        .matcher(text.replaceFirst("^public (static )?(final )?", ""))
        .replaceAll("")
        .replace('$', '.');
  }

  private static boolean namesInternal(String signature) {
    List<Class<?>> named = new ArrayList<>();
    Matcher names = OURS.matcher(signature);
    while (names.find()) {
      try {
        named.add(Class.forName(names.group(), false, PublicFace.class.getClassLoader()));
      } catch (ClassNotFoundException e) {
        // It is the name of a member, whose type has been looked at.
      }
    }
    return named.stream().anyMatch(PublicFace::internal);
  }

  private static boolean internal(Class<?> type) {
    AnnotatedElement home = Objects.requireNonNull(type.getPackage());
    return type.isAnnotationPresent(Internal.class)
        || home.isAnnotationPresent(Internal.class)
        || !Modifier.isPublic(type.getModifiers())
        || (type.getDeclaringClass() != null && internal(type.getDeclaringClass()));
  }
}
