/**
 * What a client needs to connect: when it tries again, how its connections are encrypted,
 * its threads and limits. Knows {@code address}, {@code tls} and {@code spec}; the
 * package {@code client} builds on it.
 */
@NullMarked
package dev.socketserver.spec.connect;

import org.jspecify.annotations.NullMarked;
