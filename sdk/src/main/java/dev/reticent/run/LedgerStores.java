package dev.reticent.run;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.LedgerStore;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.ServiceLoader;

/** Opens places for ledgers; a module that reaches some names its own as a service. */
public interface LedgerStores {

  /** The store at a place, if this reaches such places. */
  Optional<LedgerStore> open(URI place) throws IOException;

  /**
   * The store at a place.
   *
   * @throws UserInputException when nothing on the class path reaches it
   */
  static LedgerStore at(String place) {
    try {
      URI uri = URI.create(place);
      for (LedgerStores stores :
          ServiceLoader.load(LedgerStores.class, LedgerStores.class.getClassLoader())) {
        Optional<LedgerStore> store = stores.open(uri);
        if (store.isPresent()) {
          return store.get();
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new UserInputException(
          "distributed.ledger_store: " + place + " cannot be opened: " + e.getMessage(), e);
    }
    throw new UserInputException(
        "distributed.ledger_store: nothing on the class path reaches "
            + place
            + "; object stores are reached by the module dev.reticent:reticent-spark.");
  }
}
