/**
 * Where a server listens: one kind of socket for each record, with what is valid there.
 * Knows {@code address} and {@code spec}; the root package builds on it.
 */
@NullMarked
package dev.socketserver.spec.listen;

import org.jspecify.annotations.NullMarked;
