package dev.reticent.columnar;

import com.fasterxml.jackson.databind.JsonNode;

/** A column of a batch. */
@FunctionalInterface
interface ArrowColumn {
  /**
   * @param row from 0
   */
  JsonNode value(int row);
}
