package dev.reticent.training;

import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One adapter on the device of each of several decoders. */
record AdapterCopies(Map<Decoder, AdapterTensors> byDecoder) implements AutoCloseable {

  static AdapterCopies of(List<Decoder> decoders, Function<Decoder, AdapterTensors> maker) {
    Map<Decoder, AdapterTensors> copies = new LinkedHashMap<>();
    decoders.forEach(decoder -> copies.computeIfAbsent(decoder, maker));
    return new AdapterCopies(copies);
  }

  AdapterTensors on(Decoder decoder) {
    return Optional.ofNullable(byDecoder.get(decoder))
        .orElseThrow(() -> new IllegalArgumentException("this decoder is not being trained"));
  }

  @Override
  public void close() {
    byDecoder.values().forEach(AdapterTensors::close);
  }
}
