package dev.reticent.columnar;

import dev.reticent.PublicFace;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PublicFaceTest {

  @Test
  void theApiIsWhatIsListed() throws IOException {
    new PublicFace("columnar").check();
  }
}
