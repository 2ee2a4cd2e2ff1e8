package dev.reticent.serving;

import dev.reticent.model.AdapterId;
import dev.reticent.model.Golden;
import dev.reticent.sampling.ScriptedQueue;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Servers over a script in place of a model, with a real tokenizer and the real queue. */
final class Servers {
  static final int V = 384;
  static final int CONTEXT = 4096;
  static final String MODEL = "scripted";
  static final ServerOptions OPTIONS =
      ServerOptions.STANDARD.withPort(0).withTimeoutsSeconds(60, 5);

  private Servers() {}

  static ServedModels models(int rows, Function<List<Integer>, float[]> script) {
    Path folder = Golden.folder("mistral-tiny");
    Tokenizer tokenizer = Tokenizer.open(folder);
    return new ServedModels(
        ScriptedQueue.start(tokenizer, V, rows, CONTEXT, script),
        tokenizer,
        new PromptFormat(tokenizer, ChatTemplate.find(folder)),
        V,
        CONTEXT,
        ServedModels.names(
            List.of(
                new ServedModels.Model(
                    new ModelCard(MODEL, MODEL, Optional.empty(), 0, CONTEXT, Optional.empty()),
                    AdapterId.NONE))),
        List.of(tokenizer));
  }

  static SamplingServer scripted(
      ServerOptions options, int rows, Function<List<Integer>, float[]> script) {
    return SamplingServer.start(options, () -> models(rows, script));
  }

  /** A model that says one token for ever, taking its time. */
  static Function<List<Integer>, float[]> endless(long stepMillis) {
    return tokens -> {
      pause(stepMillis);
      return only(70);
    };
  }

  /** Logits that leave one token. */
  static float[] only(int id) {
    float[] logits = new float[V];
    java.util.Arrays.fill(logits, -30);
    logits[id] = 30;
    return logits;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
