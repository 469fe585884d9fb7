/**
 * Knows in which databases modules store messages, checks that one keeps what it has
 * committed, limits how long it is waited for, and gives up connections to one that takes
 * no writes any more. Uses {@code properties} for the exception about one that would
 * forget.
 */
@NullMarked
package dev.socketserver.autoconfigure.durable;

import org.jspecify.annotations.NullMarked;
