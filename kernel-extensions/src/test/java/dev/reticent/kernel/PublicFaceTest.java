package dev.reticent.kernel;

import dev.reticent.PublicFace;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PublicFaceTest {

  @Test
  void theApiIsWhatIsListed() throws IOException {
    new PublicFace("kernel-extensions").check();
  }
}
