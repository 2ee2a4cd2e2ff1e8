package dev.reticent.evaluation.judge;

/** Where a judge is asked. */
interface Endpoint extends AutoCloseable {
  /**
   * Asks once.
   *
   * @param schema whether to demand JSON of the prompt's shape
   */
  Reply ask(JudgePrompt prompt, boolean schema) throws EndpointFailure;

  @Override
  void close();
}
