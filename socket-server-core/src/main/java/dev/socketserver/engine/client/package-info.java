/**
 * What a client keeps while its connections come and go: payloads to be sent, requests
 * that wait for replies, and the time of the next attempt. No socket. May use all rooms
 * but {@code session}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.client;

import org.jspecify.annotations.NullMarked;
