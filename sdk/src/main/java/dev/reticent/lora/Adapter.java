package dev.reticent.lora;

import dev.reticent.api.Internal;
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
 * The values of an adapter, one flat array in the order of its layout, and what else it brings.
 *
 * <p>The array is shared, not copied: what an optimizer writes into it is the adapter.
 */
@Internal
@SuppressWarnings("ArrayRecordComponent") // shared on purpose; adapters are never compared
public record Adapter(AdapterLayout layout, float[] values, List<SavedTensor> saved) {

  public Adapter {
    saved = List.copyOf(saved);
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "expected " + layout.size() + " values, found " + values.length);
    }
  }

  /** One of low-rank matrices, and magnitudes, alone. */
  public Adapter(AdapterLayout layout, float[] values) {
    this(layout, values, List.of());
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

  /**
   * A fresh adapter as {@link #initial(AdapterLayout, long)} makes it; DoRA's magnitudes are the
   * norms of the rows of the decoder's matrices.
   */
  public static Adapter initial(AdapterLayout layout, long seed, Decoder decoder) {
    Adapter adapter = initial(layout, seed);
    adapter.layout.slots().stream()
        .filter(AdapterSlot::dora)
        .forEach(slot -> new PlacedAdapter(adapter, decoder).initialMagnitude(slot));
    return adapter;
  }

  /** The tensors on a decoder's device, as the decoder takes them; closed by whoever asks. */
  public AdapterTensors on(Decoder decoder) {
    return new PlacedAdapter(this, decoder).tensors();
  }

  /** The SHA-256 of the slots (path, rank, scale) and of all values as they are now. */
  public AdapterId id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (AdapterSlot slot : layout.slots()) {
        digest.update(
            "%s %d %s%s\n"
                .formatted(slot.path(), slot.rank(), slot.scale(), slot.dora() ? " dora" : "")
                .getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * slot.size());
        bytes.asFloatBuffer().put(values, slot.startA(), slot.size());
        digest.update(bytes);
      }
      for (SavedTensor tensor : saved) {
        digest.update((tensor.name() + "\n").getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * tensor.values().length);
        bytes.asFloatBuffer().put(tensor.values());
        digest.update(bytes);
      }
      return new AdapterId(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
