package dev.reticent.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Digests of texts, plain and keyed; a list is digested with its lengths, so parts cannot slide.
 */
final class Keyed {
  private static final double TWO_TO_53 = 0x1p53;

  private final Mac mac;

  /** A purpose and a seed make the key, so that two uses of one seed are unrelated. */
  Keyed(String purpose, long seed) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      byte[] key = (purpose + ":" + seed).getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** HMAC-SHA256 of the text as a number in [0, 1), uniform over keys. */
  double fraction(String text) {
    byte[] digest = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    return (ByteBuffer.wrap(digest).getLong() >>> 11) / TWO_TO_53;
  }

  /** SHA-256 of a list of texts, in hexadecimal. */
  static String digest(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
