/** Rows from Parquet and Arrow files. */
@NullMarked
package dev.reticent.columnar;

import org.jspecify.annotations.NullMarked;
