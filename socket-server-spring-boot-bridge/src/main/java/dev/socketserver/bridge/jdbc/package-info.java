/**
 * Stores messages in a table of the application's database, many in one transaction. Owns
 * the table {@code socket_inbox}. Uses the interface of stores in {@code session}.
 */
@NullMarked
package dev.socketserver.bridge.jdbc;

import org.jspecify.annotations.NullMarked;
