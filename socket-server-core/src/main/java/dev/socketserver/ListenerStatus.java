package dev.socketserver;

import java.net.InetSocketAddress;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one listener of a server is doing. A copy.
 *
 * @param name the name; {@value ListenerSpec#MAIN} for the server's own place
 * @param state what it is doing
 * @param address where it listens, or is to listen: an address, or {@code unix:} and a
 * path
 * @param port the port, the actual one while it listens; {@code null} for a Unix socket
 * @param accepted how many connections were accepted there since the server was created;
 * of UDP, how many peers have come
 * @param sessions how many sessions are open that came by it
 * @param failure why it can accept nothing, or {@code null}
 */
public record ListenerStatus(String name, ListenerState state, String address, @Nullable Integer port, long accepted,
		long sessions, @Nullable String failure) {

	/**
	 * Creates the status of a listener.
	 * @param name its name
	 * @param state what it is doing
	 * @param address where
	 * @param accepted how many connections were accepted
	 * @param sessions how many sessions are open
	 * @param failure why it can accept nothing, or {@code null}
	 * @return the status
	 */
	public static ListenerStatus of(String name, ListenerState state, InetSocketAddress address, long accepted,
			long sessions, @Nullable Throwable failure) {
		int port = (address instanceof UnixAddress) ? 0 : address.getPort();
		return new ListenerStatus(name, state, Addresses.format(address), (port > 0) ? port : null, accepted, sessions,
				(failure != null) ? String.valueOf(failure.getMessage()) : null);
	}

}
