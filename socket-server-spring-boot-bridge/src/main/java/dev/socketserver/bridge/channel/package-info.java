/**
 * Sends messages to a channel of Spring, whose flow stores them and may reply. Depends on
 * {@code bridge} and {@code session}, which has the interface of stores.
 */
@NullMarked
package dev.socketserver.bridge.channel;

import org.jspecify.annotations.NullMarked;
