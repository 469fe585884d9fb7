/**
 * What a client without a handler has received, until the application takes it. Depends
 * on {@code lane}, {@code memory}, {@code stats} and {@code waiting}. For the engine, not
 * for applications.
 */
@NullMarked
package dev.socketserver.engine.received;

import org.jspecify.annotations.NullMarked;
