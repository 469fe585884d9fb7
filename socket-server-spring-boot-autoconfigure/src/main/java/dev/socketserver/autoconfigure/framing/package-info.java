/**
 * Framings from the properties: reads a word or a block as it is written, since one
 * framing may be within another, and bytes must not be trimmed. Owns the types and their
 * keys. Uses {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.framing;

import org.jspecify.annotations.NullMarked;
