/** Hugging Face config.json and safetensors to a decoder model of TorchScript layer functions. */
@NullMarked
package dev.reticent.model;

import org.jspecify.annotations.NullMarked;
