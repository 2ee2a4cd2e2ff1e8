package dev.reticent.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import java.util.List;
import java.util.SortedMap;

/** Tells the answers to one request in the shapes of its API: whole, or event by event. */
interface AnswerWriter {
  /**
   * The whole response.
   *
   * @param generations by index
   * @param echoes by index what stands before an answer's text
   */
  ObjectNode whole(SortedMap<Integer, Generation> generations, List<String> echoes);

  /** Begins a stream. */
  void begin(SseWriter stream, List<String> echoes);

  /** A token, with the text that it makes certain. */
  void piece(SseWriter stream, int index, GeneratedToken token);

  /**
   * The end of an answer.
   *
   * @param rest text that no piece held
   */
  void finish(SseWriter stream, int index, String rest, Generation generation);

  /** The end of the stream, when all answers have ended. */
  void end(SseWriter stream, SortedMap<Integer, Generation> generations);

  /** The end of a stream that failed. */
  void fail(SseWriter stream, ApiError error);
}
