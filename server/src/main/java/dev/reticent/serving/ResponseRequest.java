package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.text.Message;
import java.util.List;

/**
 * A request to {@code /v1/responses}.
 *
 * @param text what is asked of the model
 * @param conversation without the instructions, which hold for this answer alone
 * @param settings as the response repeats them
 * @param kept whether a later request may go on from the response
 */
record ResponseRequest(
    TextRequest text, List<Message> conversation, ObjectNode settings, boolean kept) {
  ResponseRequest {
    conversation = List.copyOf(conversation);
  }
}
