/**
 * What a frame becomes for a handler, and what a handler may return: converters, JSON,
 * Protocol Buffers, reactive replies and the types of Kotlin. Knows no handlers.
 */
@NullMarked
package dev.socketserver.handler.payload;

import org.jspecify.annotations.NullMarked;
