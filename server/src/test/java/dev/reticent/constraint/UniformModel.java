package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.sampling.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** The worst of models: it takes any token that it may, each as likely as another. */
record UniformModel(List<byte[]> tokens, SplittableRandom random) {

  /** An answer of at most so many tokens, which is checked to be UTF-8. */
  String answer(TokenConstraint.Factory factory, int mostTokens) {
    TokenConstraint constraint = factory.create();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < mostTokens; i++) {
      BitSet allowed = constraint.allowed();
      assertThat(allowed.cardinality()).as("a dead end after %s", text).isPositive();
      int id = pick(allowed);
      constraint.accept(id);
      if (id == Vocabularies.END) {
        break;
      }
      text.writeBytes(tokens.get(id));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("not UTF-8: " + text, e);
    }
  }

  private int pick(BitSet allowed) {
    if (allowed.get(Vocabularies.END) && random.nextInt(4) == 0) {
      return Vocabularies.END; // else numbers would mostly go on to their last digit
    }
    int n = random.nextInt(allowed.cardinality());
    int id = allowed.nextSetBit(0);
    for (int i = 0; i < n; i++) {
      id = allowed.nextSetBit(id + 1);
    }
    return id;
  }
}
