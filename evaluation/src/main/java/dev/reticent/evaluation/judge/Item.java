package dev.reticent.evaluation.judge;

/**
 * An answer to grade.
 *
 * @param id names the row in results
 * @param question what was asked
 * @param answer what the model said
 * @param target the right answer; empty when there is none, and then nothing can be graded
 * @param isPrivate whether an outside judge must not see the row
 */
public record Item(String id, String question, String answer, String target, boolean isPrivate) {}
