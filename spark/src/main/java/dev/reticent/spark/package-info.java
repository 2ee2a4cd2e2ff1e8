/**
 * Runs on Spark: executors compute the micro-batches of each step, the driver does all the rest.
 */
@NullMarked
package dev.reticent.spark;

import org.jspecify.annotations.NullMarked;
