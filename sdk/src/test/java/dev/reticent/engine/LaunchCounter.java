package dev.reticent.engine;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts what a card would have to launch: libtorch's profiler names every operator that is called;
 * one that calls no other and does more than look at a tensor or make room for one is a kernel.
 */
public final class LaunchCounter {

  /** Operators that only look at tensors, or make room for them. */
  private static final Set<String> FREE =
      Set.of(
          "aten::view",
          "aten::reshape",
          "aten::_reshape_alias",
          "aten::_unsafe_view",
          "aten::transpose",
          "aten::t",
          "aten::narrow",
          "aten::slice",
          "aten::select",
          "aten::expand",
          "aten::as_strided",
          "aten::unsqueeze",
          "aten::squeeze",
          "aten::detach",
          "detach",
          "aten::detach_",
          "detach_",
          "aten::alias",
          "aten::empty",
          "aten::empty_like",
          "aten::empty_strided",
          "aten::resize_",
          "aten::requires_grad_",
          "aten::to",
          "aten::contiguous",
          "aten::numel",
          "aten::result_type",
          "aten::is_nonzero",
          "aten::lift_fresh",
          "aten::unfold",
          "aten::flatten",
          "aten::resolve_conj",
          "aten::resolve_neg",
          "aten::is_floating_point",
          "aten::item",
          "aten::_local_scalar_dense");

  /** One kernel on a card, whatever it is made of on the host. */
  private static final Set<String> ATTENTION = Set.of("aten::scaled_dot_product_attention");

  private LaunchCounter() {}

  private record Event(String name, double start, double end) {}

  /** Kernels by name, and how many of each. */
  public static Map<String, Integer> of(Path folder, Runnable work) throws IOException {
    Path trace = folder.resolve("trace.json");
    JniUtils.startProfile(false, false, false);
    work.run();
    JniUtils.stopProfile(trace.toString());
    List<Event> events = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(Files.readString(trace))) {
      double start = node.path("ts").asDouble();
      events.add(new Event(node.path("name").asText(), start, start + node.path("dur").asDouble()));
    }
    events.sort(
        Comparator.comparingDouble(Event::start)
            .thenComparing(Comparator.comparingDouble(Event::end).reversed()));
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      boolean kernel = isKernel(event.name());
      int next = i + 1;
      while (next < events.size() && events.get(next).start() < event.end()) {
        kernel &= !isKernel(events.get(next).name()) || ATTENTION.contains(event.name());
        next++;
      }
      if (kernel) {
        counts.merge(event.name(), 1, Integer::sum);
        i = next - 1;
      }
    }
    return counts;
  }

  private static boolean isKernel(String name) {
    return (name.startsWith("aten::")
            || name.startsWith("mkldnn::")
            || name.startsWith("reticent::"))
        && !FREE.contains(name);
  }
}
