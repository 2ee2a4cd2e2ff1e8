package dev.reticent.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.LaunchCounter;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.model.PackedProducts;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decoding on processors: no row is padded, and quantized weights are not unpacked every time. */
class PackedProductsTest {

  private static final int TOKENS = 12;

  /** Padding is a lone row's price for the bits it has in company; here it has them for nothing. */
  @ParameterizedTest
  @EnumSource(Quantization.class)
  void anyNumberOfRowsGivesTheSameBitsSoThatNoneIsPadded(Quantization quantization) {
    Assumptions.assumeTrue(PackedProducts.available(), "libtorch here has no oneDNN");
    try (Decoder decoder = decoder(quantization);
        AdapterTensors none = AdapterTensors.none(decoder.config(), ComputeDevice.CPU);
        CachedSession session =
            new CachedSession(
                decoder,
                Map.of(AdapterId.NONE, none),
                SessionOptions.of(3, TOKENS),
                AdapterRoom.NONE)) {
      assertThat(session.counts().sizes()).containsExactly(1, 2, 4, 8);
    }
  }

  /** The weights that a session keeps are those that it would unpack for every token. */
  @Test
  void keptOrUnpackedForEveryTokenLogitsAreTheSame() {
    for (Quantization quantization : new Quantization[] {Quantization.NF4, Quantization.INT8}) {
      float[][] found = new float[3][];
      long[] rooms = {0, 300_000, 1 << 30};
      for (int i = 0; i < rooms.length; i++) {
        try (Decoder decoder = decoder(quantization);
            AdapterTensors none = AdapterTensors.none(decoder.config(), ComputeDevice.CPU);
            DecodingSession session =
                new CachedSession(
                    decoder,
                    Map.of(AdapterId.NONE, none),
                    SessionOptions.of(1, TOKENS),
                    AdapterRoom.NONE,
                    new SessionWeights(decoder, rooms[i]),
                    TokenDecoder.NONE)) {
          int row = session.open(AdapterId.NONE, new int[] {1, 5, 9}, TOKENS);
          session.extend(row, new int[] {1, 5, 9});
          found[i] = session.step(new int[] {row}, new int[] {7})[0];
        }
      }
      for (int i = 0; i < found[0].length; i++) {
        float apart = Math.abs(found[0][i] - found[2][i]) + Math.abs(found[0][i] - found[1][i]);
        assertThat(apart).isLessThan(2e-5f);
      }
    }
  }

  /**
   * What a lone row pays for a token besides products is the number of operators called. A layer
   * has five products, two norms of four, three that turn queries and keys, four that keep and look
   * up keys and values, and attention.
   */
  @Test
  void aTokenTakesFewOperators(@TempDir Path folder) throws IOException {
    Assumptions.assumeTrue(PackedProducts.available(), "libtorch here has no oneDNN");
    try (Decoder decoder = decoder(Quantization.NONE);
        AdapterTensors none = AdapterTensors.none(decoder.config(), ComputeDevice.CPU);
        DecodingSession session =
            new CachedSession(
                decoder,
                Map.of(AdapterId.NONE, none),
                SessionOptions.of(1, TOKENS),
                AdapterRoom.NONE,
                new SessionWeights(decoder),
                TokenDecoder.NONE)) {
      int row = session.open(AdapterId.NONE, new int[] {1, 5, 9}, TOKENS);
      session.extend(row, new int[] {1, 5, 9});
      for (int i = 0; i < 3; i++) { // the interpreter goes another way at first
        session.step(new int[] {row}, new int[] {7});
      }
      Map<String, Integer> counts =
          LaunchCounter.of(folder, () -> session.step(new int[] {row}, new int[] {8}));
      int layers = decoder.config().layers();
      assertThat(counts).containsEntry("mkldnn::_linear_pointwise", 5 * layers + 1);
      int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
      assertThat(sum).as("%s", counts).isLessThanOrEqualTo(21 * layers + 24);
    }
  }

  private static Decoder decoder(Quantization quantization) {
    return Decoder.load(
        Golden.folder("mistral-tiny"), DecoderOptions.standard().with(quantization));
  }
}
