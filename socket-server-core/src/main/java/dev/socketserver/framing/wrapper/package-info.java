/**
 * Framings around another one, for keys that several types have and for what the engine
 * adds. Uses {@code framing.codec}, and nothing there knows it. Internal, as that is.
 */
@NullMarked
package dev.socketserver.framing.wrapper;

import org.jspecify.annotations.NullMarked;
