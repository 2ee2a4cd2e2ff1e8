package dev.reticent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The order of the SDK's packages, and which of them may see which library.
 *
 * <p>Between modules Maven keeps the order: privacy and tensorboard need none of ours, server and
 * command line are not on the SDK's class path.
 */
class ArchitectureTest {
  /** An import may only go to a package earlier in this list. */
  private static final List<String> LOWEST_FIRST =
      List.of(
          "api",
          "config",
          "chart",
          "text.jinja",
          "text",
          "data",
          "engine",
          "format",
          "architecture",
          "weights",
          "model",
          "decoding",
          "lora",
          "training",
          "checkpoint",
          "sampling",
          "quickstart",
          "settings",
          "plan",
          "run",
          "audit",
          "recipe");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("dev.reticent");

  private static String name(String part) {
    return "dev.reticent." + part;
  }

  @Test
  void theScanFindsEveryPackage() {
    assertThat(CLASSES.size()).isGreaterThan(100);
    assertThat(CLASSES.stream().map(c -> c.getPackageName()).distinct())
        .as("a package without a place in the order")
        .isSubsetOf(LOWEST_FIRST.stream().map(ArchitectureTest::name).toList())
        .contains(name("config"), name("engine"), name("recipe"));
  }

  @Test
  void importsOnlyGoDown() {
    for (int i = 0; i < LOWEST_FIRST.size() - 1; i++) {
      String[] above =
          LOWEST_FIRST.subList(i + 1, LOWEST_FIRST.size()).stream()
              .map(ArchitectureTest::name)
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(name(LOWEST_FIRST.get(i)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void theTemplateLanguageIsPureJava() {
    classes()
        .that()
        .resideInAPackage("dev.reticent.text.jinja..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "dev.reticent.text.jinja..", "dev.reticent.api..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void eachLibraryIsSeenByThePackagesThatOwnItOnly() {
    seenOnlyBy("ai.djl..", "dev.reticent.engine", "dev.reticent.text");
    seenOnlyBy("org.yaml..", "dev.reticent.config");
    seenOnlyBy("de.siegmar..", "dev.reticent.data");
  }

  private static void seenOnlyBy(String library, String... owners) {
    noClasses()
        .that()
        .resideOutsideOfPackages(owners)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }
}
