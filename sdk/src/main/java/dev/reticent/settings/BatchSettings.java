package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import java.util.Optional;

/**
 * How many rows make a step and how many go through the model together.
 *
 * @param physical rows in the model at once; changes memory and speed, never the result
 * @param expected the mean number of rows of a step, and what sums are divided by; public
 */
public record BatchSettings(int physical, int expected) {

  @Internal
  public BatchSettings {}

  static BatchSettings read(Section section) {
    int physical =
        section
            .integer("physical_batch_size")
            .atLeast(1)
            .alsoSpelt("deepspeed.physical_batch_size")
            .describedAs("Rows in the model at once: memory and speed, never the result.")
            .orElse(8);
    Optional<Integer> accumulation =
        section
            .integer("gradient_accumulation_steps")
            .atLeast(1)
            .alsoSpelt("deepspeed.gradient_accumulation_steps")
            .describedAs(
                """
                How many physical batches make a logical one; 16 when `batch_size` is not given
                either.\
                """)
            .optional();
    Optional<Integer> logical =
        section
            .integer("batch_size")
            .atLeast(1)
            .alsoSpelt("privacy.expected_batch_size")
            .describedAs(
                """
                The logical batch: the rows of a step on average, and what private sums are divided
                by. `physical_batch_size` times `gradient_accumulation_steps` when not given.\
                """)
            .optional();
    long product = (long) physical * accumulation.orElse(16);
    section.check(
        logical.isEmpty() || accumulation.isEmpty() || logical.get() == product,
        "is not physical_batch_size x gradient_accumulation_steps = "
            + product
            + "; remove one of the three",
        "batch_size",
        "gradient_accumulation_steps",
        "physical_batch_size");
    section.check(
        product <= Integer.MAX_VALUE,
        "times physical_batch_size is more rows than can be counted",
        "gradient_accumulation_steps",
        "physical_batch_size");
    return new BatchSettings(physical, logical.orElse((int) product));
  }
}
