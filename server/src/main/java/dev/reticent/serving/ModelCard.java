package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.util.Optional;

/**
 * What {@code /v1/models} says about the base model or an adapter.
 *
 * @param id the name by which requests choose it
 * @param root where it comes from, in words
 * @param parent the base model of an adapter; empty for the base
 * @param createdSeconds when it was made, in seconds since 1970
 * @param maxModelLength tokens of prompt and answer together
 * @param privacy the statement of the run that made it, as in its privacy.json; empty when there is
 *     none, and nothing is promised then
 */
public record ModelCard(
    String id,
    String root,
    Optional<String> parent,
    long createdSeconds,
    int maxModelLength,
    Optional<ObjectNode> privacy) {

  /**
   * @throws UserInputException if the id could be taken for a path or does not fit a URL
   */
  public ModelCard {
    checkName(id);
    privacy = privacy.map(ObjectNode::deepCopy);
  }

  /**
   * Throws unless a name is of letters, digits, dots, underscores and dashes, 64 at most, and not
   * just dots.
   */
  public static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,64}") || name.matches("\\.+")) {
      throw new UserInputException(
          "found the model name '"
              + name
              + "', expected 1 to 64 letters, digits, dots, underscores and dashes, and not just"
              + " dots.");
    }
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", id).put("object", "model").put("created", createdSeconds);
    node.put("owned_by", "reticent").put("root", root).put("parent", parent.orElse(null));
    node.put("max_model_len", maxModelLength);
    privacy.ifPresent(statement -> node.set("privacy", statement));
    return node;
  }
}
