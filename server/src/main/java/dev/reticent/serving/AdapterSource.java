package dev.reticent.serving;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.model.AdapterId;

/** Where adapters come from that are loaded while the server runs. Both take their time. */
@Internal
public interface AdapterSource {
  /** Nothing can be loaded. */
  AdapterSource NONE =
      new AdapterSource() {
        @Override
        public ServedModels.Model load(String name, String path) {
          throw new UserInputException("This server loads no adapters while it runs.");
        }

        @Override
        public void unload(AdapterId adapter) {}
      };

  /**
   * Has the queue take in an adapter.
   *
   * @param name under which requests will find it
   * @param path of its folder, in the root or relative to it
   * @throws UserInputException if there is none, it does not fit the model, or there is no room
   */
  ServedModels.Model load(String name, String path);

  /** Makes room, when no request that is under way uses an adapter. */
  void unload(AdapterId adapter);
}
