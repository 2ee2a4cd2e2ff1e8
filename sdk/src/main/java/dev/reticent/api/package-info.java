/** What is for users and what is not. */
@NullMarked
package dev.reticent.api;

import org.jspecify.annotations.NullMarked;
