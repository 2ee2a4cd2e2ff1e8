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

  private static final String HISTORY =
      "{%- if tools %}[TOOLS]{{ tools | tojson }}{%- endif %}{%- for m in messages %}<{{ m.role }}>"
          + "{{ m.content }}{%- if m.tool_calls %}{{ m.tool_calls | tojson }}{%- endif %}"
          + "{%- if m.tool_call_id %}#{{ m.tool_call_id }}{%- endif %}{%- endfor %}<assistant>";

  private Servers() {}

  static ServedModels models(int rows, Function<List<Integer>, float[]> script) {
    Path folder = Golden.folder("mistral-tiny");
    return models(rows, ChatTemplate.find(folder), tokenizer -> script);
  }

  /**
   * @param script of the tokenizer, a model
   */
  private static ServedModels models(
      int rows,
      Optional<ChatTemplate> template,
      Function<Tokenizer, Function<List<Integer>, float[]>> script) {
    Tokenizer tokenizer = Tokenizer.open(Golden.folder("mistral-tiny"));
    return new ServedModels(
        ScriptedQueue.start(tokenizer, V, rows, CONTEXT, script.apply(tokenizer)),
        tokenizer,
        new PromptFormat(tokenizer, template),
        V,
        CONTEXT,
        ServedModels.names(
            List.of(
                new ServedModels.Model(
                    new ModelCard(MODEL, MODEL, Optional.empty(), 0, CONTEXT, Optional.empty()),
                    AdapterId.NONE))),
        AdapterSource.NONE,
        List.of(tokenizer));
  }

  /**
   * A server whose model's template knows tools.
   *
   * @param sign what says how it calls them
   */
  static SamplingServer withTools(
      ServerOptions options,
      String sign,
      Function<Tokenizer, Function<List<Integer>, float[]>> script) {
    ChatTemplate template = ChatTemplate.of(HISTORY + "{# " + sign + " #}", "<s>", "</s>");
    return SamplingServer.start(options, () -> models(4, Optional.of(template), script));
  }

  /** Says a text, then whatever comes first. */
  static Function<Tokenizer, Function<List<Integer>, float[]>> says(String text) {
    return tokenizer -> {
      int[] ids = tokenizer.encode(text, false);
      return tokens -> {
        for (int n = Math.min(ids.length, tokens.size()); n >= 0; n--) {
          boolean said = true;
          for (int i = 0; i < n; i++) {
            said &= tokens.get(tokens.size() - n + i) == ids[i];
          }
          if (said) {
            return n < ids.length ? only(ids[n]) : new float[V];
          }
        }
        throw new IllegalStateException("the empty text is always said");
      };
    };
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
