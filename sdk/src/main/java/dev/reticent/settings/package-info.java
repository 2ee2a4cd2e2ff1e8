/** What a config says, typed: one record for each section. */
@NullMarked
package dev.reticent.settings;

import org.jspecify.annotations.NullMarked;
