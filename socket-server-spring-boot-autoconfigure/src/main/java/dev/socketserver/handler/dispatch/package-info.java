/**
 * Decides which of several methods of a handler is called for a message. Owns the table
 * of keys and methods that is made when the application starts, and the handler in front
 * of the methods, which converts each frame for the one that was chosen. Keys are found
 * in {@code handler.key}.
 *
 * <pre>
 *   a frame ──▶ DispatchingHandler ──▶ (interceptors) ──▶ the annotated methods
 *                    │
 *               MessageTable: Discriminator, or the class of the payload
 * </pre>
 */
@NullMarked
package dev.socketserver.handler.dispatch;

import org.jspecify.annotations.NullMarked;
