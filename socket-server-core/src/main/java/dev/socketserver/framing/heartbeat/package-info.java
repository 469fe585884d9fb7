/**
 * The messages by which a protocol shows that a side is there, as bytes: which frames are
 * such messages, and what is sent. Uses {@code spec} and {@code framing.wrapper}, and no
 * other room of framings knows it. Internal, as these are.
 */
@NullMarked
package dev.socketserver.framing.heartbeat;

import org.jspecify.annotations.NullMarked;
