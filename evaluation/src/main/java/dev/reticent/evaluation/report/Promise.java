package dev.reticent.evaluation.report;

import dev.reticent.chart.LineChart;
import java.util.Optional;

/**
 * What a private run promises, as people decide by it.
 *
 * @param sentence how often a test is right about a unit, at most
 * @param picture the trade-off of true and false positives; empty when the run has none
 */
public record Promise(String sentence, Optional<LineChart> picture) {}
