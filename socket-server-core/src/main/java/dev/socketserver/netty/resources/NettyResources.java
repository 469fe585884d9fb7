package dev.socketserver.netty.resources;

import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.netty.channel.ConnectionCustomizer;

/**
 * What all servers and clients of an application share of Netty.
 *
 * @param engine what they share beside that
 * @param loops the event loops
 * @param customizers gives those who add handlers to connections, in order
 */
public record NettyResources(SharedResources engine, EventLoops loops,
		Supplier<List<ConnectionCustomizer>> customizers) {

}
