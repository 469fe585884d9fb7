/**
 * What a client keeps while its connections come and go: payloads to be sent, requests
 * that wait for replies, and what was received. Testable without a socket. Public for
 * other packages of the engine, not for applications.
 */
@NullMarked
package dev.socketserver.reconnect;

import org.jspecify.annotations.NullMarked;
