/**
 * What becomes of failures of handlers: which {@code @OnError} method is called, of the
 * handler or of an advice, and which failures close a session with a reason of their own.
 * What such a method throws closes the session. Unless it is what the method was given,
 * the failure names the method. Owns the choice only: who has these methods, and how they
 * are called, is decided in {@code handler.bean}, where handlers are made.
 */
@NullMarked
package dev.socketserver.handler.error;

import org.jspecify.annotations.NullMarked;
