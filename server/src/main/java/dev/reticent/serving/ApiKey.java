package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The secret that clients must show. Only its digest is kept; it is never printed, and comparing
 * takes the same time wherever two keys differ.
 */
public final class ApiKey {
  private static final int SHORTEST = 16;

  private final byte[] digest;

  private ApiKey(String source, String key) {
    if (key.length() < SHORTEST || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new UserInputException(
          source
              + ": an API key has at least "
              + SHORTEST
              + " printable ASCII characters and no blanks; make one with openssl rand -hex 24.");
    }
    this.digest = sha256(key);
  }

  /** A key made in code. */
  public static ApiKey of(String key) {
    return new ApiKey("the key given", key);
  }

  /**
   * The key in a file, without the line break at its end.
   *
   * @throws UserInputException if the file cannot be read or holds no usable key
   */
  public static ApiKey fromFile(Path file) {
    try {
      return new ApiKey(file.toString(), Files.readString(file).strip());
    } catch (IOException e) {
      throw new UserInputException(file + ": the API key cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The key in an environment variable.
   *
   * @throws UserInputException if it is not set or no usable key
   */
  public static ApiKey fromEnvironment(String variable) {
    String key = System.getenv(variable);
    if (key == null) {
      throw new UserInputException(
          "The environment variable " + variable + " is not set: put the API key there.");
    }
    return new ApiKey("The environment variable " + variable, key);
  }

  /** Whether an {@code Authorization} header shows the key: as bearer, or as password of anyone. */
  boolean isShownBy(String authorization) {
    int blank = authorization.indexOf(' ');
    String scheme = blank < 0 ? "" : authorization.substring(0, blank);
    String value = authorization.substring(blank + 1).strip();
    if (scheme.equalsIgnoreCase("Bearer")) {
      return matches(value);
    }
    return scheme.equalsIgnoreCase("Basic") && matches(password(value));
  }

  private boolean matches(String key) {
    return MessageDigest.isEqual(digest, sha256(key));
  }

  private static String password(String basic) {
    try {
      String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "ApiKey[redacted]";
  }
}
