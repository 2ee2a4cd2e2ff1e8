package dev.reticent.text;

import dev.reticent.config.UserInputException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What SentencePiece's {@code tokenizer.model} says (sentencepiece_model.proto), as far as the way
 * of a text to ids depends on it.
 *
 * @param kind the file's number of it
 * @param normalizing whether there are rules of normalization beyond blanks
 * @param dummyPrefix whether a blank is put before a text
 * @param trimmed whether blanks at the ends are dropped and those within are made one
 * @param escaped whether blanks become ▁
 * @param suffix whether ▁ stands behind words
 * @param special the ids of unknown, begin and end; -1 for none
 */
record SentencePieceModel(
    int kind,
    List<Piece> pieces,
    boolean byteFallback,
    boolean normalizing,
    boolean dummyPrefix,
    boolean trimmed,
    boolean escaped,
    boolean suffix,
    Special special) {

  static final int UNIGRAM = 1;
  static final int BPE = 2;

  /** The kinds of pieces, with the file's numbers of them. */
  enum PieceType {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final int number;

    PieceType(int number) {
      this.number = number;
    }

    static PieceType numbered(int number) {
      return Arrays.stream(values())
          .filter(type -> type.number == number)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no such type of piece: " + number));
    }
  }

  record Piece(String text, float score, PieceType type) {}

  record Special(int unknown, int begin, int end) {}

  /** Whether any piece is of a type. */
  boolean has(PieceType type) {
    return pieces.stream().anyMatch(piece -> piece.type() == type);
  }

  /**
   * Reads the file.
   *
   * @throws UserInputException if it is none of SentencePiece's
   */
  static SentencePieceModel read(Path file, ByteBuffer content) {
    Builder builder = new Builder();
    try {
      ProtocolBuffer.read(content, builder::model);
    } catch (IllegalArgumentException e) {
      throw new UserInputException(
          file + ": not a model of SentencePiece: " + e.getMessage() + ".", e);
    }
    if (builder.pieces.isEmpty()) {
      throw new UserInputException(file + ": not a model of SentencePiece: it has no pieces.");
    }
    return builder.build();
  }

  /** Fields by their numbers; what a file leaves out is as the format has it. */
  private static final class Builder {
    private final List<Piece> pieces = new ArrayList<>();
    private int kind = UNIGRAM;
    private boolean byteFallback;
    private boolean suffix;
    private int unknown;
    private int begin = 1;
    private int end = 2;
    private boolean normalizing;
    private boolean dummyPrefix = true;
    private boolean trimmed = true;
    private boolean escaped = true;

    void model(ProtocolBuffer.Field field) {
      switch (field.tag()) {
        case 1 -> pieces.add(piece(field.bytes()));
        case 2 -> ProtocolBuffer.read(field.bytes(), this::trainer);
        case 3 -> ProtocolBuffer.read(field.bytes(), this::normalizer);
        default -> {}
      }
    }

    private static Piece piece(ByteBuffer message) {
      String[] text = {""};
      float[] score = {0};
      PieceType[] type = {PieceType.NORMAL};
      ProtocolBuffer.read(
          message,
          field -> {
            switch (field.tag()) {
              case 1 -> text[0] = field.text();
              case 2 -> score[0] = field.single();
              case 3 -> type[0] = PieceType.numbered(field.integer());
              default -> {}
            }
          });
      return new Piece(text[0], score[0], type[0]);
    }

    private void trainer(ProtocolBuffer.Field field) {
      switch (field.tag()) {
        case 3 -> kind = field.integer();
        case 24 -> suffix = field.flag();
        case 35 -> byteFallback = field.flag();
        case 40 -> unknown = field.integer();
        case 41 -> begin = field.integer();
        case 42 -> end = field.integer();
        default -> {}
      }
    }

    private void normalizer(ProtocolBuffer.Field field) {
      switch (field.tag()) {
        case 2 -> normalizing = field.bytes().hasRemaining();
        case 3 -> dummyPrefix = field.flag();
        case 4 -> trimmed = field.flag();
        case 5 -> escaped = field.flag();
        default -> {}
      }
    }

    SentencePieceModel build() {
      return new SentencePieceModel(
          kind,
          List.copyOf(pieces),
          byteFallback,
          normalizing,
          dummyPrefix,
          trimmed,
          escaped,
          suffix,
          new Special(unknown, begin, end));
    }
  }
}
