package dev.reticent.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {

  @ParameterizedTest
  @CsvSource({
    "GenuineIntel avx2 avx512_bf16 amx_bf16, false",
    "GenuineIntel avx2 avx512_bf16, true",
    "GenuineIntel avx2, true",
    "AuthenticAMD avx2 avx512_bf16, false",
    "AuthenticAMD avx2, true"
  })
  void whatLinuxSaysDecides(String words, boolean slow) {
    assertThat(new Processor(true, Set.of(words.split(" "))).slowInBfloat16()).isEqualTo(slow);
  }

  @Test
  void otherArchitecturesAndUnknownProcessorsComputeAsAsked() {
    assertThat(new Processor(false, Set.of("bf16")).slowInBfloat16()).isFalse();
    assertThat(new Processor(true, Set.of()).slowInBfloat16()).isFalse();
  }

  @Test
  void theFirstProcessorsWordsAreRead() {
    String description =
        """
        processor\t: 0
        vendor_id\t: GenuineIntel
        flags\t\t: fpu avx2 amx_bf16

        processor\t: 1
        flags\t\t: other
        """;
    assertThat(Processor.words(description))
        .contains("GenuineIntel", "avx2", "amx_bf16")
        .doesNotContain("other");
  }
}
