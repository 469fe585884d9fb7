/**
 * Handlers in transactions, on real databases: what {@code docs/transactions.md}
 * promises.
 */
@NullMarked
package dev.socketserver.transactions;

import org.jspecify.annotations.NullMarked;
