/**
 * What becomes of failures of handlers: which {@code @OnError} method is called, of the
 * handler or of an advice, and which failures close a session with a reason of their own.
 * Owns the choice only: who has these methods, and how they are called, is decided where
 * handlers are made.
 */
@NullMarked
package dev.socketserver.handler.error;

import org.jspecify.annotations.NullMarked;
