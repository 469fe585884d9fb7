/**
 * What it costs a client to send, beside a checkout of before.
 */
@NullMarked
package dev.socketserver.benchmarks.send;

import org.jspecify.annotations.NullMarked;
