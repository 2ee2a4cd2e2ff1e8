package dev.reticent.architecture;

import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;

/**
 * Checkpoints that somebody quantized: 8-bit floats and gpt-oss are read, others refused with the
 * cure.
 */
final class OtherQuantization {
  private OtherQuantization() {}

  static void refuse(JsonFields json) {
    if (json.isEmpty("quantization_config")) {
      return;
    }
    if (!json.isObject("quantization_config")) {
      throw json.wrong("quantization_config", "none: give the unquantized model");
    }
    String method = json.object("quantization_config").text("quant_method", "");
    switch (method) {
      case "fp8" -> {} // the values with their scales
      case "bitsandbytes" ->
          throw refused(
              json, "load the unquantized model with load_in_4bit: true (the same 4 bits)");
      case "gptq", "awq" ->
          throw refused(
              json, "a " + method + " copy cannot be trained on here: give the unquantized model");
      case "mxfp4" -> requireExperts(json);
      default -> throw refused(json, "give the unquantized model, it is quantized on load");
    }
  }

  /** MXFP4 is read where it is published: for the experts of a mixture. */
  private static void requireExperts(JsonFields json) {
    if (!json.text("model_type", "").equals("gpt_oss")) {
      throw refused(json, "mxfp4 is read for gpt_oss alone; give a copy with bf16 weights");
    }
  }

  private static UserInputException refused(JsonFields json, String cure) {
    return json.wrong("quantization_config", "none, or fp8: " + cure);
  }
}
