package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** What a task sends back: what came of its job, or why an executor cannot do it. */
final class Reply {

  private static final byte DONE = 0;
  private static final byte REFUSED = 1;

  private Reply() {}

  /** What a job gives. Whatever the user can cure is an answer too: Spark would try it again. */
  static byte[] of(Supplier<byte[]> job) {
    try {
      return tagged(DONE, job.get());
    } catch (UserInputException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  static byte[] refused(String why) {
    return tagged(REFUSED, why.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] tagged(byte tag, byte[] content) {
    return ByteBuffer.allocate(1 + content.length).put(tag).put(content).array();
  }

  /**
   * What came of the job.
   *
   * @throws UserInputException with the reason of an executor that could not do it
   */
  static byte[] result(byte[] reply) {
    byte[] content = new byte[reply.length - 1];
    System.arraycopy(reply, 1, content, 0, content.length);
    if (reply[0] == REFUSED) {
      throw new UserInputException(
          "on an executor: " + new String(content, StandardCharsets.UTF_8));
    }
    return content;
  }
}
