package dev.reticent.privacy;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of one run: all that decides which units are sampled and what noise is added.
 *
 * <p>Streams are AES-256 in counter mode, one for each purpose and step, so no two of them ever
 * overlap. Amplification by sampling holds only while an adversary cannot tell which units were
 * sampled, so the sampler draws from the key too, not from a seed of the config. The key is never
 * written anywhere: a resumed run takes a fresh one.
 */
public final class RunKey {

  /** What a stream is for. */
  enum Purpose {
    SAMPLING((byte) 1),
    NOISE((byte) 2),
    GROUPS((byte) 3),
    TRUNCATION((byte) 4);

    private final byte tag;

    Purpose(byte tag) {
      this.tag = tag;
    }
  }

  private final SecretKeySpec key;
  private final boolean secret;
  private long lastNoiseStep = -1;
  private boolean claimed;

  private RunKey(byte[] bytes, boolean secret) {
    this.key = new SecretKeySpec(bytes, "AES");
    this.secret = secret;
  }

  /** A key from the system's cryptographic generator. */
  public static RunKey fresh() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return new RunKey(bytes, true);
  }

  /**
   * A key anyone can recompute, for reproducible tests. What is released under it has no privacy
   * guarantee, and the run's ledger and statement say so.
   */
  public static RunKey insecureForTests(long seed) {
    try {
      byte[] bytes =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  ("reticent test key " + seed).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return new RunKey(bytes, false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  /** Whether nobody can recompute this key. */
  public boolean secret() {
    return secret;
  }

  /**
   * Gives the key to one private step: a second one would draw the same batches again.
   *
   * @throws IllegalStateException when another one has this secret key
   */
  synchronized void claim() {
    if (secret && claimed) {
      throw new IllegalStateException(
          "another private step draws from this key; take RunKey.fresh() for each");
    }
    claimed = true;
  }

  /**
   * Allows a step's noise once: the same noise on other data would give both away.
   *
   * @throws IllegalStateException when this secret key made noise for this step or a later one
   */
  synchronized void claimNoise(int step) {
    if (secret && step <= lastNoiseStep) {
      throw new IllegalStateException(
          "the noise of step %d was used already; go on from step %d, or take a fresh key"
              .formatted(step, lastNoiseStep + 1));
    }
    lastNoiseStep = step;
  }

  /** The stream of a purpose and step, from its block {@code block} of 16 bytes on. */
  RandomStream stream(Purpose purpose, long step, long block) {
    byte[] iv = new byte[16];
    iv[0] = purpose.tag;
    for (int i = 0; i < 7; i++) {
      iv[7 - i] = (byte) (step >>> (8 * i));
    }
    for (int i = 0; i < 8; i++) {
      iv[15 - i] = (byte) (block >>> (8 * i));
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
      return new RandomStream(cipher);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks AES-256 in counter mode", e);
    }
  }
}
