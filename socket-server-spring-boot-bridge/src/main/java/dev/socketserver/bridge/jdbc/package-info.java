/**
 * Stores messages in a table of the application's database, many in one transaction. Owns
 * the table {@code socket_inbox}. Depends on {@code bridge} and {@code session}, which
 * has the interface of stores.
 */
@NullMarked
package dev.socketserver.bridge.jdbc;

import org.jspecify.annotations.NullMarked;
