package dev.socketserver.netty.listen;

import java.util.HashMap;
import java.util.Map;

import dev.socketserver.ListenerSpec;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.DomainSockets;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Options of the connections of one listening socket. Each costs a system call, and so is
 * set once for the listening socket where connections have it from there. Immutable once
 * made: each listener keeps them, and so they are small.
 */
final class AcceptedOptions implements ConnectionOptions.Target {

	private static final SafeLogger logger = SafeLogger.of(AcceptedOptions.class);

	private final Map<ChannelOption<?>, ChannelOption<Integer>> inherited;

	private final Map<ChannelOption<Integer>, Integer> ofListener;

	private final Map<ChannelOption<?>, Object> ofConnections;

	private AcceptedOptions(Map<ChannelOption<?>, ChannelOption<Integer>> inherited,
			Map<ChannelOption<Integer>, Integer> ofListener, Map<ChannelOption<?>, Object> ofConnections) {
		this.inherited = inherited;
		this.ofListener = ofListener;
		this.ofConnections = ofConnections;
	}

	/**
	 * Returns the options that a listener of TCP asks for.
	 * @param spec the listener's
	 * @param transport the transport, resolved
	 * @param inherited those that connections have from the listening socket
	 * @throws UnsupportedOptionException if the transport lacks what is asked for
	 */
	static AcceptedOptions ofTcp(ListenerSpec spec, SocketTransport transport,
			Map<ChannelOption<?>, ChannelOption<Integer>> inherited) {
		AcceptedOptions made = new AcceptedOptions(inherited, new HashMap<>(), new HashMap<>());
		ConnectionOptions.set(spec.options(), spec.session().timeouts().write(), transport, made);
		return made.immutable();
	}

	/**
	 * Returns the options that a listener at a Unix socket asks for.
	 * @param options the listener's
	 * @param sockets those of the transport
	 */
	static AcceptedOptions ofUnixSocket(SocketOptions options, DomainSockets sockets) {
		AcceptedOptions made = new AcceptedOptions(Map.of(), Map.of(), new HashMap<>());
		ConnectionOptions.ofUnixSocket(options, sockets, made);
		return made.immutable();
	}

	/** Returns what is left of these where a socket was bound that has its own. */
	AcceptedOptions ofConnections() {
		return new AcceptedOptions(this.inherited, Map.of(), this.ofConnections);
	}

	private AcceptedOptions immutable() {
		return new AcceptedOptions(this.inherited, Map.copyOf(this.ofListener), Map.copyOf(this.ofConnections));
	}

	@Override
	public <T> Object set(ChannelOption<T> option, @Nullable T value) {
		ChannelOption<Integer> listening = this.inherited.get(option);
		if (listening != null) {
			// Without a value, 0: the system's default.
			this.ofListener.put(listening, (value instanceof Boolean on) ? (on ? 1 : 0)
					: (value instanceof Number number) ? number.intValue() : 0);
		}
		else if (value != null) {
			this.ofConnections.put(option, value);
		}
		return this;
	}

	/** Has a listening socket that is bound from now on have those that it passes on. */
	void to(ServerBootstrap bootstrap) {
		for (Map.Entry<ChannelOption<Integer>, Integer> each : this.ofListener.entrySet()) {
			bootstrap.option(each.getKey(), each.getValue());
		}
	}

	/** Has what a listening socket accepts from now on have those from there. */
	void toListener(Channel listening) {
		this.ofListener.forEach((option, value) -> set(listening, option, value));
	}

	/**
	 * Gives a connection those that it does not have from its listening socket, before it
	 * is registered with a loop: from then on it may close at any time.
	 */
	void toConnection(Channel connection) {
		for (Map.Entry<ChannelOption<?>, Object> each : this.ofConnections.entrySet()) {
			set(connection, each.getKey(), each.getValue());
		}
	}

	/** A socket that does not take an option goes on without it. */
	@SuppressWarnings("unchecked") // each has a value of its type
	private static void set(Channel channel, ChannelOption<?> option, Object value) {
		try {
			channel.config().setOption((ChannelOption<Object>) option, value);
		}
		catch (Throwable ex) {
			// Whatever it is: who accepts has nothing to do with it.
			logger.warn("{} cannot be set to {} for {}: {}", option, value, channel, ex.toString());
		}
	}

}
