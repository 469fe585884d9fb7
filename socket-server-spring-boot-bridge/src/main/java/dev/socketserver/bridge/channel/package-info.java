/**
 * Sends messages to a channel of Spring, whose flow stores them and may reply. Uses the
 * interface of stores in {@code session}.
 */
@NullMarked
package dev.socketserver.bridge.channel;

import org.jspecify.annotations.NullMarked;
