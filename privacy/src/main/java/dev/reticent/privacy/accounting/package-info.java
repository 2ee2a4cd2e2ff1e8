/**
 * Privacy accountants: RDP and PLD bounds on ε for composed mechanisms, and calibration of the
 * noise.
 */
@NullMarked
package dev.reticent.privacy.accounting;

import org.jspecify.annotations.NullMarked;
