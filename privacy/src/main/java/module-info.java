/**
 * Private training's own part: sampling, clipping, noise, the ledger, and what they cost.
 *
 * <p>It reads no module but the JDK's base, so nothing else can take part in a promise.
 */
module dev.reticent.privacy {
  requires static org.jspecify;

  exports dev.reticent.privacy;
  exports dev.reticent.privacy.accounting;
  exports dev.reticent.privacy.disclosure;
}
