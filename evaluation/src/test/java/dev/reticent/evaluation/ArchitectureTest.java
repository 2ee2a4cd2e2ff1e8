package dev.reticent.evaluation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of this module's packages, and which of them may see which library. */
class ArchitectureTest {
  private static final String ROOT = "dev.reticent.evaluation";
  private static final List<String> LOWEST_FIRST =
      List.of(ROOT, ROOT + ".judge", ROOT + ".report", ROOT + ".recipe");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.reticent");

  @Test
  void theScanFindsThisModuleAndTheSdk() {
    assertThat(CLASSES.size()).isGreaterThan(200);
    assertThat(CLASSES.stream().map(c -> c.getPackageName()).distinct())
        .containsAll(LOWEST_FIRST)
        .contains("dev.reticent.recipe", "dev.reticent.tensorboard");
  }

  @Test
  void importsOnlyGoDown() {
    for (int i = 0; i < LOWEST_FIRST.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(LOWEST_FIRST.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              LOWEST_FIRST.subList(i + 1, LOWEST_FIRST.size()).toArray(String[]::new))
          .check(CLASSES);
    }
  }

  @Test
  void onlyTheJudgeSeesTheOpenAiClientAndNobodyKotlinOrOkHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".judge")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.openai..")
        .check(CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kotlin..", "okhttp3..")
        .check(CLASSES);
  }

  @Test
  void theSdkKnowsNothingOfEvaluation() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "..")
        .check(CLASSES);
  }
}
