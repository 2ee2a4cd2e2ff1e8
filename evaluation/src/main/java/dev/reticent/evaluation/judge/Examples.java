package dev.reticent.evaluation.judge;

/** The two worked examples, of grades 2 and 4, that a prompt of mode mlflow-v1 shows. */
final class Examples {
  private static final String QUESTION = "How does a bicycle's freewheel work?";
  private static final String TARGET =
      "A freewheel lets the rear wheel turn while the pedals rest. Pawls inside it catch a toothed"
          + " ring when the rider pedals forward and slip over its teeth when the wheel turns"
          + " faster than the chain drives it; the slipping makes the clicking sound.";
  private static final String PART =
      "A freewheel is a part of a bicycle's rear wheel. Bicycles have had them for over a century.";
  private static final String MOST =
      "A freewheel lets the rear wheel turn while the pedals rest: pawls catch a toothed ring when"
          + " the rider pedals forward, and slip over it otherwise.";

  private Examples() {}

  static String of(Criterion criterion) {
    return switch (criterion) {
      case ANSWER_SIMILARITY ->
          example(
                  PART,
                  2,
                  "The output says where a freewheel is, which the target implies, but nothing of"
                      + " how it works; they overlap on some aspects only.")
              + example(
                  MOST,
                  4,
                  "The output says what the target says of the mechanism and leaves out the"
                      + " clicking sound; they agree in most aspects.");
      case ANSWER_CORRECTNESS ->
          example(
                  PART,
                  2,
                  "What the output says is true, but it does not answer how a freewheel works;"
                      + " measured by the target the discrepancy is significant.")
              + example(
                  MOST,
                  4,
                  "The mechanism is described rightly; only the clicking sound is missing, a minor"
                      + " omission.");
    };
  }

  private static String example(String output, int score, String justification) {
    return """

        Input:
        %s

        Output:
        %s

        Additional information:
        key: targets
        value:
        %s

        score: %d
        justification: %s
        """
        .formatted(QUESTION, output, TARGET, score, justification);
  }
}
