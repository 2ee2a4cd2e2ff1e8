package dev.reticent.api;

/** Which Reticent this is; a test holds it to the build's own version. */
@Internal
public final class Version {
  public static final String OF_RETICENT = "0.1.0";

  private Version() {}
}
