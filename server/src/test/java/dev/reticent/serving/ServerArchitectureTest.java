package dev.reticent.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Constraints know nothing of the server, and nobody but the server sees its libraries. */
class ServerArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.reticent");

  @Test
  void theScanFindsServerAndSdk() {
    assertThat(CLASSES.stream().map(c -> c.getPackageName()).distinct())
        .contains("dev.reticent.serving", "dev.reticent.constraint", "dev.reticent.recipe");
  }

  @Test
  void constraintsKnowNothingOfTheServer() {
    noClasses()
        .that()
        .resideInAPackage("dev.reticent.constraint")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.reticent.serving")
        .check(CLASSES);
  }

  @Test
  void onlyTheServerSeesItsLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.reticent.serving")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.micrometer..")
        .check(CLASSES);
    noClasses().should().dependOnClassesThat().resideInAPackage("io.netty..").check(CLASSES);
  }
}
