package dev.socketserver.netty.listen;

import java.net.InetSocketAddress;

import dev.socketserver.ListenerSpec;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.netty.channel.SocketKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket of any kind, and how another takes its place.
 */
public interface ListeningSocket {

	/** Returns the channel, which does not accept yet. */
	Channel channel();

	/** Returns of which kind the connections are. */
	default SocketKind kind() {
		return SocketKind.TCP;
	}

	/** Returns where it listens, with the actual port. */
	InetSocketAddress address();

	/** Begins to bind another channel there. Any thread. */
	ChannelFuture rebind();

	/**
	 * Returns why peers cannot reach the channel although it listens. On its loop, twice
	 * a second.
	 * @return the reason, or {@code null}
	 */
	default @Nullable Exception unreachable() {
		return null;
	}

	/**
	 * Returns why peers reach something else where the channel listens, for which another
	 * channel would not help. On its loop, twice a second.
	 * @return the reason, or {@code null}
	 */
	default @Nullable Exception displaced() {
		return null;
	}

	/** Returns the options of connections that it was bound for. */
	AcceptedOptions options();

	/**
	 * Makes other options of connections.
	 * @param next what the listener is made from now
	 * @return the options; those that it was bound for, if none may change
	 * @throws UnsupportedOptionException if the transport lacks what is asked for
	 */
	default AcceptedOptions options(ListenerSpec next) {
		return options();
	}

	/**
	 * Has other channels that are bound in its place be made from other settings. Any
	 * thread.
	 * @param next what the listener is made from now
	 */
	default void change(ListenerSpec next) {
	}

	/**
	 * Whether others have the socket, too, and go on with it when this process is done.
	 * Then who waits to be accepted is neither refused nor reset at the end.
	 */
	default boolean outlives() {
		return false;
	}

	/**
	 * Peers must not find it any more, since it closes for good: a file is removed, and
	 * an inherited socket is left to other servers. Any thread.
	 */
	default void retire() {
	}

}
