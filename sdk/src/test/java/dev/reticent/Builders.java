package dev.reticent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.config.KeyReference;
import dev.reticent.config.Section;
import dev.reticent.settings.ConfigBuilder;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Holds a builder against the keys that its settings read. */
public final class Builders {

  private static final Map<Class<?>, Object> SAMPLES =
      Map.of(
          int.class,
          1,
          long.class,
          1L,
          double.class,
          0.5,
          boolean.class,
          true,
          String.class,
          "a",
          Path.class,
          Path.of("a"),
          List.class,
          List.of(),
          Consumer.class,
          (Consumer<Object>) Builders::callAll);

  private Builders() {}

  /**
   * Every key has a method, of the builder or of one that it hands out.
   *
   * @param read reads the settings
   * @param withoutChoice keys that have one value, accepted so that files of other programs load
   */
  public static void haveAllKeys(
      ConfigBuilder<?, ?> builder, Function<Section, ?> read, Set<String> withoutChoice) {
    callAll(builder);
    Config all = builder.config();
    assertThat(
            Config.reference(read).stream()
                .filter(key -> !key.type().equals("a mapping"))
                .map(KeyReference::path)
                .filter(path -> !withoutChoice.contains(path)))
        .as("keys that no builder sets")
        .allSatisfy(path -> assertThat(all.without(path).toYaml()).isNotEqualTo(all.toYaml()));
  }

  private static void callAll(Object builder) {
    for (Method method : builder.getClass().getDeclaredMethods()) {
      boolean setter =
          Modifier.isPublic(method.getModifiers())
              && !method.isSynthetic()
              && method.getParameterCount() == 1;
      if (setter) {
        try {
          method.invoke(builder, sample(method.getParameterTypes()[0]));
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(method.getName(), e);
        }
      }
    }
  }

  private static Object sample(Class<?> type) {
    return type.isEnum() ? type.getEnumConstants()[0] : SAMPLES.get(type);
  }
}
