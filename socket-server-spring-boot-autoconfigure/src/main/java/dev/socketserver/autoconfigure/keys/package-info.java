/**
 * Unknown keys: refuses what Boot's binder has not bound in our blocks, or warns about it
 * where other programs may have set it, and finds the key that was meant. Most of it is
 * loaded only if there is such a key. Uses {@code properties} and {@code framing}; only
 * the auto-configuration uses it.
 */
@NullMarked
package dev.socketserver.autoconfigure.keys;

import org.jspecify.annotations.NullMarked;
