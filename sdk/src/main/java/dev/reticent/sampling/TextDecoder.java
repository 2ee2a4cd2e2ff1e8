package dev.reticent.sampling;

import dev.reticent.text.StreamingDecoder;
import dev.reticent.text.Tokenizer;

/** Ids to text as they come, never half of a character. One for each answer. */
interface TextDecoder {

  /** The text that this id makes whole, often empty. */
  String next(int id);

  /** The text held back so far. */
  String finish();

  /** The decoder of a tokenizer, special tokens left out. */
  static TextDecoder of(Tokenizer tokenizer) {
    StreamingDecoder decoder = tokenizer.streamingDecoder(true);
    return new TextDecoder() {
      @Override
      public String next(int id) {
        return decoder.next(id);
      }

      @Override
      public String finish() {
        return decoder.finish();
      }
    };
  }
}
