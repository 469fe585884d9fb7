/**
 * Unknown keys: refuses what Boot's binder has not bound in our blocks, or warns about it
 * where other programs may have set it, and finds the key that was meant. Most of it is
 * loaded only if there is such a key. Which keys are secrets, for {@code settings}. Uses
 * {@code properties} and {@code framing}.
 */
@NullMarked
package dev.socketserver.autoconfigure.keys;

import org.jspecify.annotations.NullMarked;
