package dev.reticent.engine;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.util.List;
import java.util.Optional;

/**
 * What there is to compute on: the cards of this machine, and a libtorch that can use them or not.
 * Nothing is started to find out.
 *
 * @param driver NVIDIA's, where it is installed
 */
@Internal
public record Hardware(Optional<CudaDriver> driver, Libtorch libtorch) {

  private static final class Holder {
    static final Hardware HERE = new Hardware(CudaDriver.find(), Libtorch.of(System.getenv()));
  }

  /** The hardware of this machine, which is looked at once. */
  public static Hardware here() {
    return Holder.HERE;
  }

  /** The cards, whether libtorch can use them or not. */
  public List<Card> cards() {
    return driver.map(CudaDriver::cards).orElse(List.of());
  }

  /** All cards that can be used, or else the processors. */
  public List<ComputeDevice> devices() {
    if (!libtorch.cuda() || cards().isEmpty()) {
      return List.of(ComputeDevice.CPU);
    }
    return cards().stream().map(card -> new ComputeDevice("cuda", card.index())).toList();
  }

  /**
   * @throws UserInputException when the device is a card that is not there, or that this libtorch
   *     cannot use
   */
  public void require(ComputeDevice device) {
    if (device.kind().equals("cpu")) {
      return;
    }
    Optional<String> reason = Optional.empty();
    if (!libtorch.cuda()) {
      reason = Optional.of("libtorch here is a build for processors only");
    } else if (driver.isEmpty()) {
      reason = Optional.of("NVIDIA's driver is not installed");
    } else if (device.index() >= cards().size()) {
      reason = Optional.of("the driver shows " + cards().size() + " cards, numbered from 0");
    }
    if (reason.isPresent()) {
      throw new UserInputException(
          "devices: found %s, but %s; `reticent doctor` says what to do, `devices: auto` takes what is there"
              .formatted(device, reason.get()));
    }
  }
}
