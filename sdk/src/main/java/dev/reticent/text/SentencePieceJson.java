package dev.reticent.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.text.SentencePieceModel.Piece;
import dev.reticent.text.SentencePieceModel.PieceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A model of SentencePiece as the {@code tokenizer.json} that makes the same ids of a text. Control
 * pieces stand for themselves in a text, which SentencePiece alone does not have: chat templates
 * are written so.
 */
final class SentencePieceJson {
  private static final String BLANK = "▁";

  /** So low that no text is ever cut into what only stands for something. */
  private static final double NEVER = -1e9;

  private final Path file;
  private final SentencePieceModel model;

  private SentencePieceJson(Path file, SentencePieceModel model) {
    this.file = file;
    this.model = model;
  }

  /**
   * @param begins whether a text begins with the begin token
   * @throws UserInputException if the model splits texts in a way that is not computed here
   */
  static ObjectNode of(Path file, SentencePieceModel model, boolean begins) {
    SentencePieceJson made = new SentencePieceJson(file, model);
    made.check();
    ObjectNode json = ModelFolder.JSON.createObjectNode();
    json.put("version", "1.0");
    json.set("added_tokens", made.added());
    json.set("normalizer", made.normalizer());
    json.putNull("pre_tokenizer");
    json.set("post_processor", begins ? made.beginning() : ModelFolder.JSON.nullNode());
    json.set("decoder", made.decoder());
    json.set("model", model.kind() == SentencePieceModel.BPE ? made.bpe() : made.unigram());
    return json;
  }

  private void check() {
    refuse(
        model.kind() != SentencePieceModel.BPE && model.kind() != SentencePieceModel.UNIGRAM,
        "its pieces are words or characters");
    refuse(model.suffix() || !model.escaped(), "blanks are not marked before words");
    refuse(
        model.kind() == SentencePieceModel.BPE && model.has(PieceType.UNUSED),
        "it has pieces that are not used");
    refuse(model.normalizing(), "it has rules of normalization beyond blanks");
    refuse(
        model.kind() == SentencePieceModel.UNIGRAM && model.byteFallback(),
        "it is a unigram model with pieces for bytes");
    boolean plain =
        model.kind() == SentencePieceModel.BPE && !model.dummyPrefix() && !model.trimmed();
    refuse(
        model.has(PieceType.USER_DEFINED) && !plain,
        "it has pieces of the user's and changes the blanks around them");
  }

  private void refuse(boolean found, String what) {
    if (found) {
      throw new UserInputException(file + ": " + what + ", which is not computed here. " + CURE);
    }
  }

  static final String CURE =
      "Save the tokenizer in its fast form, in Python with transformers 5:"
          + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder).";

  private ArrayNode added() {
    ArrayNode tokens = ModelFolder.JSON.createArrayNode();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      boolean users = piece.type() == PieceType.USER_DEFINED;
      if (users || piece.type() == PieceType.CONTROL || piece.type() == PieceType.UNKNOWN) {
        ObjectNode token = tokens.addObject().put("id", id).put("content", piece.text());
        for (String flag : List.of("single_word", "lstrip", "rstrip")) {
          token.put(flag, false);
        }
        token.put("normalized", users).put("special", !users);
      }
    }
    return tokens;
  }

  private ObjectNode normalizer() {
    ObjectNode sequence = ModelFolder.JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    if (model.trimmed()) {
      replace(steps.addObject(), "Regex", "\\A +|[ ▁]+\\z", "");
      replace(steps.addObject(), "Regex", " {2,}", " ");
    }
    if (model.dummyPrefix()) {
      steps.addObject().put("type", "Prepend").put("prepend", BLANK);
    }
    replace(steps.addObject(), "String", " ", BLANK);
    return sequence;
  }

  private static void replace(ObjectNode step, String kind, String pattern, String content) {
    step.put("type", "Replace");
    step.putObject("pattern").put(kind, pattern);
    step.put("content", content);
  }

  private ObjectNode decoder() {
    ObjectNode sequence = ModelFolder.JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("decoders");
    replace(steps.addObject(), "String", BLANK, " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    if (model.dummyPrefix()) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    return sequence;
  }

  private ObjectNode beginning() {
    int id = model.special().begin();
    refuse(id < 0 || id >= model.pieces().size(), "it has no token that begins a text");
    return beginning(model.pieces().get(id).text(), id);
  }

  /** A text's ids behind the token that begins it. */
  static ObjectNode beginning(String token, int id) {
    ObjectNode json = ModelFolder.JSON.createObjectNode().put("type", "TemplateProcessing");
    begin(json.putArray("single"), token, "A", 0);
    ArrayNode pair = json.putArray("pair");
    begin(pair, token, "A", 0);
    begin(pair, token, "B", 1);
    ObjectNode special = json.putObject("special_tokens").putObject(token);
    special.put("id", token).putArray("ids").add(id);
    special.putArray("tokens").add(token);
    return json;
  }

  private static void begin(ArrayNode parts, String token, String text, int type) {
    parts.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
    parts.addObject().putObject("Sequence").put("id", text).put("type_id", type);
  }

  /** Pieces are merged best first, which are those of the highest scores. */
  private ObjectNode bpe() {
    ObjectNode json = ModelFolder.JSON.createObjectNode().put("type", "BPE");
    json.putNull("dropout");
    json.put("unk_token", model.pieces().get(model.special().unknown()).text());
    json.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    json.put("fuse_unk", true).put("byte_fallback", model.byteFallback());
    json.put("ignore_merges", false);
    ObjectNode vocabulary = json.putObject("vocab");
    List<Piece> normal = new ArrayList<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      vocabulary.put(piece.text(), id);
      if (piece.type() == PieceType.NORMAL) {
        normal.add(piece);
      }
    }
    normal.sort(Comparator.comparingDouble(piece -> -piece.score()));
    Map<String, Integer> ranks = new HashMap<>();
    IntStream.range(0, normal.size()).forEach(i -> ranks.put(normal.get(i).text(), i));
    json.set("merges", new MergeList(ranks).json());
    return json;
  }

  private ObjectNode unigram() {
    ObjectNode json = ModelFolder.JSON.createObjectNode().put("type", "Unigram");
    json.put("unk_id", model.special().unknown());
    ArrayNode vocabulary = json.putArray("vocab");
    for (Piece piece : model.pieces()) {
      double score = piece.type() == PieceType.NORMAL ? piece.score() : NEVER;
      vocabulary.addArray().add(piece.text()).add(score);
    }
    json.put("byte_fallback", model.byteFallback());
    return json;
  }
}
