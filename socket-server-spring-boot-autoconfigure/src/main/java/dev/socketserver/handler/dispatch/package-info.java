/**
 * Decides which of several methods of a handler is called for a message. Owns the table
 * of keys and methods that is made when the application starts, and the handler in front
 * of the methods. With a discriminator the method is chosen by the bytes or the text of
 * the frame, which is then converted for it. Without one the frame is converted first,
 * and its class chooses. Keys are found in {@code handler.key}.
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
