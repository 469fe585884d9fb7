/**
 * What the bridge and the mailbox do in a second with PostgreSQL, beside loops by hand.
 */
@NullMarked
package dev.socketserver.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
