/**
 * What a client keeps while its connections come and go: payloads to be sent, requests
 * that wait for replies, and the time of the next attempt. No socket. Depends on {@code
 * requests} and what that depends on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.client;

import org.jspecify.annotations.NullMarked;
