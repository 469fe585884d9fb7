/**
 * Checks that a database keeps what it has committed, and limits how long it is waited
 * for, for modules that store messages. Uses {@code properties} for the exception about
 * one that would forget.
 */
@NullMarked
package dev.socketserver.autoconfigure.durable;

import org.jspecify.annotations.NullMarked;
