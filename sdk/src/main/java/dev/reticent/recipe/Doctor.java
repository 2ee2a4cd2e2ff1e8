package dev.reticent.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.engine.Card;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.CudaDriver;
import dev.reticent.engine.Libtorch;
import dev.reticent.engine.Machine;
import dev.reticent.engine.RuntimePolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a machine offers, and one line for each thing that is missing, with the command that mends
 * it. Asks, and starts nothing.
 */
public record Doctor(Machine machine) {

  private static final String INSTALL =
      "pip install torch=="
          + Libtorch.REQUIRED
          + " && export "
          + Libtorch.VARIABLE
          + "=$(python3 -c 'import torch, os; print(os.path.join(os.path.dirname(torch.__file__),"
          + " \"lib\"))')";

  /** Of the machine it runs on. */
  public static Doctor here() {
    return new Doctor(Machine.here());
  }

  /** What is there, by name. */
  public Map<String, String> facts() {
    Libtorch libtorch = machine.hardware().libtorch();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("JDK", machine.java());
    facts.put("cores", machine.processors() + ", " + machine.processor());
    facts.put(
        "memory", gigabytes(machine.memory()) + ", of which heap " + gigabytes(machine.heap()));
    facts.put("MKL_CBWR", machine.mkl().orElse("not set"));
    facts.put(
        "libtorch",
        libtorch.release()
            + (libtorch.cuda() ? " with CUDA, " : " for processors, ")
            + libtorch.folder().map(folder -> "in " + folder).orElse("from the class path"));
    facts.put(
        "driver", machine.hardware().driver().map(CudaDriver::version).orElse("none of NVIDIA's"));
    List<Card> cards = machine.hardware().cards();
    facts.put(
        "cards",
        cards.isEmpty()
            ? "none"
            : cards.stream()
                .map(
                    card ->
                        "cuda:%d %s, %s, capability %s"
                            .formatted(
                                card.index(),
                                card.name(),
                                gigabytes(card.bytes()),
                                card.capability()))
                .collect(Collectors.joining("; ")));
    facts.put(
        "devices: auto",
        machine.hardware().devices().stream()
            .map(ComputeDevice::toString)
            .collect(Collectors.joining(", ", "[", "]")));
    return facts;
  }

  /** A line for each thing that is missing, the most pressing first; empty when all is well. */
  public List<String> remedies() {
    List<String> remedies = new ArrayList<>();
    Libtorch libtorch = machine.hardware().libtorch();
    Optional<CudaDriver> driver = machine.hardware().driver();
    if (libtorch.folder().isPresent() && !libtorch.release().equals(Libtorch.REQUIRED)) {
      remedies.add(
          "libtorch in %s is %s and would compute wrong results: %s"
              .formatted(libtorch.folder().get(), libtorch.release(), INSTALL));
    } else if (!machine.hardware().cards().isEmpty() && !libtorch.cuda()) {
      remedies.add("libtorch cannot use the card: " + INSTALL);
    }
    if (driver.isEmpty() && (machine.nvidia() || libtorch.cuda())) {
      remedies.add(
          machine.container()
              ? "no driver in this container: start it with docker run --gpus all"
              : "no driver for the card: sudo apt install nvidia-driver-570 (or your system's"
                  + " package of it), then restart");
    } else if (driver.isPresent() && driver.get().cards().isEmpty()) {
      remedies.add(
          "the driver shows no card: nvidia-smi says why; unset CUDA_VISIBLE_DEVICES if it hides"
              + " them");
    }
    if (!machine.mkl().equals(Optional.of(RuntimePolicy.MKL_STRICT))) {
      remedies.add(
          "results on processors depend on the number of threads: export MKL_CBWR="
              + RuntimePolicy.MKL_STRICT
              + " before the JVM starts");
    }
    return remedies;
  }

  /** What was found and how to mend it, for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    facts()
        .forEach(
            (name, value) -> text.append(String.format(Locale.ROOT, "%-14s %s%n", name, value)));
    List<String> remedies = remedies();
    if (remedies.isEmpty()) {
      return text.append("Nothing is missing.").toString();
    }
    text.append("To mend:");
    remedies.forEach(remedy -> text.append(System.lineSeparator()).append("  ").append(remedy));
    return text.toString();
  }

  /** What was found and how to mend it, as data. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    facts().forEach(node::put);
    remedies().forEach(node.putArray("to_mend")::add);
    return node;
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
