package dev.socketserver.netty.listen;

import java.util.function.Consumer;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.netty.inherit.ListenerInheritance;
import dev.socketserver.spec.listen.IpPort;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Opens the listening sockets of a listener in one run, one after the other. There is one
 * for each kind of socket. Used by one thread at a time.
 */
public interface SocketBinder {

	/**
	 * Returns what opens the socket of a listener.
	 * @param spec what the listener is made from
	 * @param resources what it has taken
	 * @param port its port, unless it has a Unix socket
	 * @param inheritance what it inherits; {@code null} if it binds its own in any case
	 */
	static SocketBinder of(ListenerSpec spec, ListenerResources resources, KeptPort port,
			@Nullable ListenerInheritance inheritance) {
		SocketBinder own = (spec.listenOn().own() instanceof IpPort) ? new PortBinder(spec, resources, port)
				: new UnixBinder(spec, resources);
		return (inheritance != null) ? new InheritedBinder(spec, resources, inheritance, own) : own;
	}

	/**
	 * Binds, and waits for that. A socket that is inherited is taken only now: a port
	 * that is never opened has nothing to give back.
	 * @param acceptors adds what stands in front of Netty's acceptor to a listening
	 * channel
	 * @return the socket, which does not accept yet
	 * @throws ServerStartException if it cannot be bound
	 */
	ListeningSocket bind(Consumer<Channel> acceptors);

}
