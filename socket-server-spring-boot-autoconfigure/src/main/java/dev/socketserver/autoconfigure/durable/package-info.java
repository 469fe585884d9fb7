/**
 * Checks that a database keeps what it has committed, limits how long it is waited for,
 * and gives up connections to one that takes no writes any more, for modules that store
 * messages. Uses {@code properties} for the exception about one that would forget.
 */
@NullMarked
package dev.socketserver.autoconfigure.durable;

import org.jspecify.annotations.NullMarked;
