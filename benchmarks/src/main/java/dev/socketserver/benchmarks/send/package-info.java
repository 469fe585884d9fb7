/**
 * Measures what it costs a client to send, compared with an earlier checkout.
 */
@NullMarked
package dev.socketserver.benchmarks.send;

import org.jspecify.annotations.NullMarked;
