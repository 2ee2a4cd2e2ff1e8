package dev.reticent.audit;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.function.Function;

/**
 * Ed25519 signatures with keys in PEM files, as OpenSSL writes them: {@code openssl genpkey
 * -algorithm ed25519 -out key.pem} and {@code openssl pkey -in key.pem -pubout -out public.pem}.
 */
final class Signature25519 {

  private static final String ALGORITHM = "Ed25519";

  private Signature25519() {}

  /**
   * The signature of a file, in base 64.
   *
   * @throws UserInputException when the key cannot be used
   */
  static String sign(Path file, Path privateKey) throws IOException {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(spec(privateKey, "PRIVATE KEY", PKCS8EncodedKeySpec::new)));
      signature.update(Files.readAllBytes(file));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw notAKey(privateKey, "private", e);
    }
  }

  /**
   * Whether a signature is of this file by the owner of a key.
   *
   * @throws UserInputException when the key cannot be used
   */
  static boolean verify(Path file, String signed, Path publicKey) throws IOException {
    Signature signature;
    try {
      signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(spec(publicKey, "PUBLIC KEY", X509EncodedKeySpec::new)));
    } catch (GeneralSecurityException e) {
      throw notAKey(publicKey, "public", e);
    }
    try {
      signature.update(Files.readAllBytes(file));
      return signature.verify(Base64.getDecoder().decode(signed.strip()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // not a signature at all
    }
  }

  private static KeySpec spec(Path file, String label, Function<byte[], KeySpec> kind)
      throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(file + ": there is no such file; give a PEM file with a key.");
    }
    String text = Files.readString(file);
    String begin = "-----BEGIN " + label + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      throw new UserInputException(
          file + ": expected a PEM file with a " + label + ", as openssl genpkey writes it.");
    }
    try {
      return kind.apply(Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to)));
    } catch (IllegalArgumentException e) {
      throw notAKey(file, label.split(" ")[0].toLowerCase(java.util.Locale.ROOT), e);
    }
  }

  private static UserInputException notAKey(Path file, String kind, Exception cause) {
    return new UserInputException(
        file
            + ": not a "
            + kind
            + " key of Ed25519; make one with openssl genpkey -algorithm ed25519.",
        cause);
  }
}
