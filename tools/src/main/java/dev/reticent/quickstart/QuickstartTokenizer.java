package dev.reticent.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains the tokenizer of the embedded model on {@link QuickstartCorpus} and writes it as Hugging
 * Face files, with a chat template in the style of Mistral.
 */
public final class QuickstartTokenizer {
  /** Ids 0 to 5. */
  private static final List<String> SPECIAL =
      List.of("<pad>", "<s>", "</s>", "<unk>", "[INST]", "[/INST]");

  private static final int SIZE = 2048;
  private static final int DOCUMENTS = 6_000;

  private static final String CHAT_TEMPLATE =
      """
      {%- set system = '' %}
      {%- set turns = messages %}
      {%- if messages[0]['role'] == 'system' %}
          {%- set system = messages[0]['content'] + '\\n\\n' %}
          {%- set turns = messages[1:] %}
      {%- endif %}
      {{- bos_token }}
      {%- for message in turns %}
          {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
              {{- raise_exception('after an optional system message, user and assistant take turns, user first') }}
          {%- endif %}
          {%- if message['role'] == 'user' %}
              {{- '[INST] ' + (system if loop.first else '') + message['content'] + '[/INST]' }}
          {%- else %}
              {{- message['content'] + eos_token }}
          {%- endif %}
      {%- endfor %}
      """;

  private QuickstartTokenizer() {}

  /** Writes the files to the folder given: {@code java … QuickstartTokenizer FOLDER}. */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]));
  }

  /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}, the same bytes each time. */
  public static void write(Path folder) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.createDirectories(folder);
    BpeTrainer.Encoding encoding =
        BpeTrainer.train(
            QuickstartCorpus.documents().limit(DOCUMENTS).map(QuickstartTokenizer::withoutSpecial),
            SPECIAL,
            SIZE);
    save(json, folder.resolve("tokenizer.json"), tokenizer(json, encoding));
    save(json, folder.resolve("tokenizer_config.json"), config(json));
  }

  private static String withoutSpecial(String document) {
    for (String token : SPECIAL) {
      document = document.replace(token, "\n");
    }
    return document;
  }

  private static void save(ObjectMapper json, Path file, ObjectNode node) throws IOException {
    String text = json.writeValueAsString(node).replace(System.lineSeparator(), "\n");
    Files.write(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode tokenizer(ObjectMapper json, BpeTrainer.Encoding encoding) {
    ObjectNode root = json.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < SPECIAL.size(); id++) {
      ObjectNode token = added.addObject().put("id", id).put("content", SPECIAL.get(id));
      token.put("single_word", false).put("lstrip", false).put("rstrip", false);
      token.put("normalized", false).put("special", true);
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false);
    bosFirst(root.putObject("post_processor"));
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < encoding.tokens().size(); id++) {
      vocabulary.put(encoding.tokens().get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    encoding.merges().forEach(m -> merges.add(m.get(0) + " " + m.get(1)));
    return root;
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace);
    node.put("trim_offsets", true).put("use_regex", true);
  }

  /** A text on its own starts with {@code <s>}. */
  private static void bosFirst(ObjectNode node) {
    node.put("type", "TemplateProcessing");
    ArrayNode single = node.putArray("single");
    special(single);
    sequence(single, "A", 0);
    ArrayNode pair = node.putArray("pair");
    special(pair);
    sequence(pair, "A", 0);
    sequence(pair, "B", 1);
    ObjectNode token = node.putObject("special_tokens").putObject("<s>").put("id", "<s>");
    token.putArray("ids").add(1);
    token.putArray("tokens").add("<s>");
  }

  private static void special(ArrayNode parts) {
    parts.addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
  }

  private static void sequence(ArrayNode parts, String id, int type) {
    parts.addObject().putObject("Sequence").put("id", id).put("type_id", type);
  }

  private static ObjectNode config(ObjectMapper json) {
    return json.createObjectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", "<s>")
        .put("eos_token", "</s>")
        .put("pad_token", "<pad>")
        .put("unk_token", "<unk>")
        .put("clean_up_tokenization_spaces", false)
        .put("model_max_length", 256)
        .put("chat_template", CHAT_TEMPLATE.strip());
  }
}
