package dev.socketserver.netty.listen;

import java.util.function.Supplier;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.engine.inherit.PassedSockets;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Inherited;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.spec.listen.Tcp;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Opens the listening sockets of a listener, one after the other. There is one for each
 * kind of socket. Used by one thread at a time.
 */
public interface SocketBinder {

	/**
	 * Returns what opens the socket of a listener.
	 * @param server the server's
	 * @param listener the listener's
	 */
	static SocketBinder of(ServerSpec server, ListenerSpec listener) {
		// In this order, since most are TCP's, and need no other class at the start.
		ListenOn listenOn = listener.listenOn();
		return (listenOn instanceof Tcp || !(listenOn instanceof Inherited inherited)) ? own(listener, listenOn)
				: new InheritedBinder(server, listener, inherited, PassedSockets.ofThisProcess());
	}

	/**
	 * Returns what opens a socket that is not inherited.
	 * @param listener the listener's
	 * @param own which socket that is
	 */
	static SocketBinder own(ListenerSpec listener, ListenOn own) {
		return (own instanceof Tcp tcp) ? new PortBinder(listener, tcp) : new UnixBinder(listener, (DomainSocket) own);
	}

	/** Returns the name of the socket that is inherited, or {@code null}. */
	default @Nullable String inherited() {
		return null;
	}

	/**
	 * Returns of what kind the socket is. Any thread.
	 * @param configured the kind that the specification has
	 * @return another kind if the socket is inherited, and is one
	 */
	default Protocol protocol(Protocol configured) {
		return configured;
	}

	/**
	 * Returns the transport to ask for.
	 * @param wanted what the specification has
	 */
	default SocketTransport transport(SocketTransport wanted) {
		return wanted;
	}

	/**
	 * Returns of which kind the connections are.
	 * @param transport the transport, resolved
	 */
	default SocketKind kind(SocketTransport transport) {
		return SocketKind.TCP;
	}

	/**
	 * Binds, and waits for that.
	 * @param spec what the listener is made from now
	 * @param acceptors make what stands in front of Netty's acceptor, for each listening
	 * channel
	 * @param transport the transport, resolved
	 * @param loops serve the channel, and what it accepts
	 * @return the socket, which does not accept yet
	 * @throws ServerStartException if it cannot be bound
	 */
	ListeningSocket bind(ListenerSpec spec, Supplier<? extends ChannelHandler> acceptors, SocketTransport transport,
			EventLoopGroup loops);

}
