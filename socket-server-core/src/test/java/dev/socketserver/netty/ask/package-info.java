/**
 * Tests of requests to peers that go by chance, by number, or by what waits.
 */
@NullMarked
package dev.socketserver.netty.ask;

import org.jspecify.annotations.NullMarked;
