package dev.reticent.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The types refuse what must not be written; docs/mutants.md is the list. */
class WrongProgramsTest {

  private static InMemoryCompiler compile(String body) {
    return InMemoryCompiler.compile("outside/Program", WrongPrograms.PROGRAM.formatted(body));
  }

  @Test
  void theRightProgramCompiles() {
    assertThat(compile(WrongPrograms.RIGHT).messages()).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> wrongProgramsDoNotCompile() {
    return WrongPrograms.COMPILER.stream()
        .map(
            wrong ->
                DynamicTest.dynamicTest(
                    wrong.what(),
                    () -> {
                      InMemoryCompiler compiled = compile(wrong.body());
                      assertThat(compiled.classes()).isEmpty();
                      assertThat(compiled.messages()).contains(wrong.message());
                    }));
  }

  @Test
  void theOthersAreRefusedByChecksThatAreRun() {
    assertThat(Conformance.checks().stream().map(Method::getName))
        .containsAll(WrongPrograms.OBJECTS.stream().map(WrongPrograms.Refused::check).toList());
  }
}
