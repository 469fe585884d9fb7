/**
 * Letters in the database of the application. A claim is one row that is changed only if
 * it is as it was read. Depends on {@code mailbox} and {@code store}.
 */
@NullMarked
package dev.socketserver.mailbox.jdbc;

import org.jspecify.annotations.NullMarked;
