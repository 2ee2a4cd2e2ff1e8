/**
 * The narrow door to libtorch: load a program, call a method with tensors, move tensors, free them.
 */
@NullMarked
package dev.reticent.engine;

import org.jspecify.annotations.NullMarked;
