/**
 * The messages by which a protocol shows that a side is there, as bytes: which frames are
 * such messages, and what is sent. Uses {@code spec}, {@code codec} and {@code wrapper};
 * of framings only {@code builder} knows it. Internal, as these are.
 */
@NullMarked
package dev.socketserver.framing.heartbeat;

import org.jspecify.annotations.NullMarked;
