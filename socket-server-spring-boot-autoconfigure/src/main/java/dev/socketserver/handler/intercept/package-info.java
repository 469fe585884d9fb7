/**
 * Calls interceptors around the code of handlers. Owns the interface that applications
 * implement, the chain of interceptors, and the adapters that put the chain in front of
 * each form of a handler, so that a handler without interceptors pays for nothing. Uses
 * the handlers of the engine and, where it is on the class path, Spring Security.
 */
@NullMarked
package dev.socketserver.handler.intercept;

import org.jspecify.annotations.NullMarked;
