/**
 * What modules bring to the servers of the properties: blocks of keys, and handlers under
 * a word of their own; and what is said of those that an application lacks. Uses
 * {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.block;

import org.jspecify.annotations.NullMarked;
