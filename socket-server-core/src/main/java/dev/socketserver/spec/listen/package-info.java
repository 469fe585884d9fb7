/**
 * Where a server listens: one kind of socket for each record, with what is valid there;
 * and how the connections are encrypted. Knows {@code address}, {@code tls} and
 * {@code spec}; the root package builds on it.
 */
@NullMarked
package dev.socketserver.spec.listen;

import org.jspecify.annotations.NullMarked;
