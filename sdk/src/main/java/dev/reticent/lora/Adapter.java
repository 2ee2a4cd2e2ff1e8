package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The values of an adapter, one flat array in the order of its layout.
 *
 * <p>The array is shared, not copied: what an optimizer writes into it is the adapter.
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // shared on purpose; adapters are never compared
public record Adapter(AdapterLayout layout, float[] values) {

  public Adapter {
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "expected " + layout.size() + " values, found " + values.length);
    }
  }

  /**
   * A fresh adapter that changes nothing yet: A uniform on ±1/√in (Kaiming's with a = √5), B zero.
   *
   * @param seed decides A; not a secret
   */
  public static Adapter initial(AdapterLayout layout, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[layout.size()];
    for (AdapterSlot slot : layout.slots()) {
      double bound = 1 / Math.sqrt(slot.in());
      for (int i = slot.startA(); i < slot.startB(); i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
    }
    return new Adapter(layout, values);
  }

  /** The matrices on a decoder's device, as the decoder takes them; closed by whoever asks. */
  public AdapterTensors on(Decoder decoder) {
    ComputeDevice device = decoder.device();
    AdapterTensors tensors = AdapterTensors.none(decoder.config(), device);
    List<Projection> projections = Projection.of(decoder.config());
    for (AdapterSlot slot : layout.slots()) {
      int r = slot.rank();
      Tensor a = Tensor.ofPart(device, values, slot.startA(), r * slot.in(), r, slot.in());
      Tensor b = Tensor.ofPart(device, values, slot.startB(), r * slot.out(), slot.out(), r);
      Tensor scale = Tensor.of(device, new float[] {(float) slot.scale()}, 1);
      if (slot.projection() == Projection.HEAD) {
        tensors.putHead(a, b, scale);
      } else {
        tensors.put(slot.layer(), projections.indexOf(slot.projection()), a, b, scale);
      }
    }
    return tensors;
  }

  /** The SHA-256 of the slots (path, rank, scale) and of the values as they are now. */
  public AdapterId id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (AdapterSlot slot : layout.slots()) {
        digest.update(
            "%s %d %s\n"
                .formatted(slot.path(), slot.rank(), slot.scale())
                .getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * slot.size());
        bytes.asFloatBuffer().put(values, slot.startA(), slot.size());
        digest.update(bytes);
      }
      return new AdapterId(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
