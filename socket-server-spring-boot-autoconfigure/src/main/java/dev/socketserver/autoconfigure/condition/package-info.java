/**
 * Conditions on properties of this project, in any spelling of a boolean. Uses
 * {@code properties} for the exception about a wrong value.
 */
@NullMarked
package dev.socketserver.autoconfigure.condition;

import org.jspecify.annotations.NullMarked;
