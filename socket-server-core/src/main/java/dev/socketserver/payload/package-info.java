/**
 * How the bytes of a frame become the payload that a handler takes, and how payloads to
 * be sent become bytes.
 */
@NullMarked
package dev.socketserver.payload;

import org.jspecify.annotations.NullMarked;
