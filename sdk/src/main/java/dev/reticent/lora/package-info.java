/** LoRA specifications, adapters and PEFT files. */
@NullMarked
package dev.reticent.lora;

import org.jspecify.annotations.NullMarked;
