/** What an evaluation found, as files, charts, and runs of MLflow and TensorBoard. */
@NullMarked
package dev.reticent.evaluation.report;

import org.jspecify.annotations.NullMarked;
