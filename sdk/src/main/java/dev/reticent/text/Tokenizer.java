package dev.reticent.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Text to token ids and back, as Hugging Face transformers does it for the same model folder.
 *
 * <p>Reads {@code tokenizer.json}, or what it is made of where it is missing ({@link
 * TokenizerFile}), and {@code tokenizer_config.json}; the ids that end an answer also come from
 * {@code generation_config.json} and {@code config.json}. The post-processor of {@code
 * tokenizer.json} decides which special tokens stand around a text; as in transformers 5 nothing
 * else does, {@code add_bos_token} included. Nothing is truncated or padded, and decoded text is
 * not cleaned up.
 *
 * <p>Safe for use by several threads at once.
 */
@Internal
public final class Tokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final Path file;
  private final int rows;

  private Tokenizer(
      HuggingFaceTokenizer tokenizer,
      Vocabulary vocabulary,
      SpecialTokens special,
      Path file,
      int rows) {
    this.file = file;
    this.rows = rows;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.special = special;
  }

  /**
   * Opens the tokenizer of a model folder.
   *
   * @throws UserInputException if the folder holds no usable {@code tokenizer.json}, nor a {@code
   *     tekken.json} or {@code tokenizer.model} to make one of
   */
  public static Tokenizer open(Path modelFolder) {
    ModelFolder folder = new ModelFolder(modelFolder);
    TokenizerFile found = TokenizerFile.of(folder);
    Path file = found.path();
    JsonNode config = folder.json("tokenizer_config.json");
    Vocabulary vocabulary = Vocabulary.read(file, found.json(), config);
    SpecialTokens special = SpecialTokens.read(folder, vocabulary);
    try {
      return new Tokenizer(
          load(vocabulary.definition()), vocabulary, special, file, Integer.MAX_VALUE);
    } catch (IOException | RuntimeException e) {
      throw new UserInputException(
          file
              + ": the tokenizers library cannot load it: "
              + e.getMessage()
              + ". Check that the file is complete and saved by a recent version of transformers.",
          e);
    }
  }

  private static HuggingFaceTokenizer load(String definition) throws IOException {
    // On a machine with CUDA the library would otherwise look for a CUDA build on the network.
    if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(definition.getBytes(StandardCharsets.UTF_8)),
        Map.of("truncation", "false", "padding", "false"));
  }

  /**
   * The ids of a text.
   *
   * @param addSpecialTokens whether to add what the model adds around a text, such as {@code <s>};
   *     text rendered by a {@link ChatTemplate} already has them
   * @throws UserInputException if the text holds a token beyond those of {@link #within}
   */
  public int[] encode(String text, boolean addSpecialTokens) {
    int[] ids =
        Arrays.stream(tokenizer.encode(text, addSpecialTokens, false).getIds())
            .mapToInt(Math::toIntExact)
            .toArray();
    for (int id : ids) {
      if (id >= rows) {
        throw new UserInputException(
            outside("the text holds the token \"" + decode(new int[] {id}, false) + "\"", id)
                + " Leave the token out, or use the tokenizer that the model was trained with.");
      }
    }
    return ids;
  }

  private String outside(String what, int id) {
    return what
        + " with id "
        + id
        + " of "
        + file
        + ", which the model does not have: its embedding has "
        + rows
        + " rows (vocab_size in config.json).";
  }

  /**
   * This tokenizer for a model: a text with a token that the model does not have is refused where
   * it is encoded, and not where the model fails on it.
   *
   * @param embeddingRows how many tokens the model has
   * @throws UserInputException if the model does not have the token that ends an answer
   */
  public Tokenizer within(int embeddingRows) {
    Tokenizer known = new Tokenizer(tokenizer, vocabulary, special, file, embeddingRows);
    eosId()
        .ifPresent(
            id -> {
              if (id >= embeddingRows) {
                throw new UserInputException(known.outside("the end token is the one", id));
              }
            });
    return known;
  }

  /** The text of ids; bytes that are not UTF-8 become U+FFFD. */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    for (int id : ids) {
      if (id < 0) {
        throw new IllegalArgumentException("Token id " + id + " is negative.");
      }
    }
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
  }

  /** One more than the largest id; a model's embedding may have more rows than this. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** The id of a token's exact text, special or not. */
  public OptionalInt id(String token) {
    return vocabulary.id(token);
  }

  public OptionalInt bosId() {
    return special.bos();
  }

  public OptionalInt eosId() {
    return special.eos();
  }

  public OptionalInt padId() {
    return special.pad();
  }

  /** The ids of special tokens, which {@link #decode} can skip, ascending. */
  public int[] specialIds() {
    return vocabulary.specialIds().stream().mapToInt(Integer::intValue).toArray();
  }

  /** The ids that end an answer: those of generation_config.json, config.json and eos_token. */
  public int[] endIds() {
    return special.ends().stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The bytes that each token adds to a decoded text, by id; none for special and added tokens.
   *
   * @throws UserInputException if the tokenizer is neither byte-level nor made of pieces with a
   *     mark for blanks
   */
  public List<byte[]> tokenBytes() {
    try {
      JsonNode definition = ModelFolder.JSON.readTree(vocabulary.definition());
      return TokenBytes.read(file, definition, vocabulary);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Turns ids into text one at a time, for an answer as it is generated. */
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new StreamingDecoder(ids -> decode(ids, skipSpecialTokens));
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** The special tokens a folder names. */
  private record SpecialTokens(
      OptionalInt bos, OptionalInt eos, OptionalInt pad, TreeSet<Integer> ends) {

    static SpecialTokens read(ModelFolder folder, Vocabulary vocabulary) {
      TreeSet<Integer> ends = new TreeSet<>();
      OptionalInt eos = named(folder, "eos_token", vocabulary);
      for (String file : List.of("config.json", "generation_config.json")) {
        JsonNode ids = folder.json(file).path("eos_token_id");
        addAll(ends, ids);
        eos = eos.isPresent() ? eos : first(ids, vocabulary);
      }
      eos.ifPresent(ends::add);
      return new SpecialTokens(
          named(folder, "bos_token", vocabulary),
          eos,
          named(folder, "pad_token", vocabulary),
          ends);
    }

    private static OptionalInt named(ModelFolder folder, String key, Vocabulary vocabulary) {
      return folder.specialToken(key).map(vocabulary::id).orElse(OptionalInt.empty());
    }

    /** Where no file names the token, the id that the model itself ends with. */
    private static OptionalInt first(JsonNode oneOrMany, Vocabulary vocabulary) {
      JsonNode id = oneOrMany.isArray() ? oneOrMany.path(0) : oneOrMany;
      return id.isInt() && id.intValue() >= 0 && id.intValue() < vocabulary.size()
          ? OptionalInt.of(id.intValue())
          : OptionalInt.empty();
    }

    private static void addAll(TreeSet<Integer> ids, JsonNode oneOrMany) {
      if (oneOrMany.isInt()) {
        ids.add(oneOrMany.intValue());
      }
      oneOrMany.forEach(id -> ids.add(id.intValue()));
    }
  }
}
