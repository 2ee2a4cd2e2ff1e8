package dev.reticent;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's program compiles with the next version: what it may name changes on purpose alone. */
class PublicFaceTest {

  @ParameterizedTest
  @ValueSource(strings = {"sdk", "privacy", "tensorboard"})
  void theApiIsWhatIsListed(String module) throws IOException {
    new PublicFace(module).check();
  }
}
