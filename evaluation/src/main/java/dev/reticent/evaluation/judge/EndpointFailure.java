package dev.reticent.evaluation.judge;

import java.util.OptionalLong;

/** Why there is no reply. */
final class EndpointFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What follows from it. */
  enum Kind {
    /** Too many requests: slow down and ask again. */
    BUSY,
    /** The server failed: ask again. */
    BROKEN,
    /** The connection or the reply's body failed: ask again; it may have been charged. */
    LOST,
    /** The server does not know this request's response_format: ask again without. */
    NO_SCHEMA,
    /** A content filter stopped the request. */
    REFUSED,
    /** The request is wrong, and no other need be. */
    REJECTED,
    /** Every request will fail: key, quota, address or model. */
    STOP
  }

  private final Kind kind;
  private final transient OptionalLong retryAfterMillis;

  EndpointFailure(Kind kind, String message, OptionalLong retryAfterMillis) {
    super(message);
    this.kind = kind;
    this.retryAfterMillis = retryAfterMillis;
  }

  Kind kind() {
    return kind;
  }

  OptionalLong retryAfterMillis() {
    return retryAfterMillis;
  }
}
