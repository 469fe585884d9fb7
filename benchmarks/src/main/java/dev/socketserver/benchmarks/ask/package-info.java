/**
 * What a request to a peer costs, beside a handler of Netty with a map.
 */
@NullMarked
package dev.socketserver.benchmarks.ask;

import org.jspecify.annotations.NullMarked;
