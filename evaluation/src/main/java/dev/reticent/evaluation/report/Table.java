package dev.reticent.evaluation.report;

import java.util.List;

/** A table of a report; the rows are as long as the header. */
record Table(String title, String note, List<String> header, List<List<String>> rows) {}
