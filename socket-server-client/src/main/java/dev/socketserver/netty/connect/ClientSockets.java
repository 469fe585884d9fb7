package dev.socketserver.netty.connect;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import dev.socketserver.client.ConnectFailure;
import dev.socketserver.netty.channel.SocketKind;
import io.netty.bootstrap.Bootstrap;

/**
 * The stream sockets of one kind, as a client connects with them. Any thread.
 */
interface ClientSockets {

	/** Returns what differs once they are connected. */
	SocketKind kind();

	/**
	 * Has sockets be made, with their options.
	 * @param bootstrap makes them
	 */
	void prepare(Bootstrap bootstrap);

	/**
	 * Returns the address of a server as the transport has it.
	 * @param server the address
	 */
	SocketAddress target(InetSocketAddress server);

	/**
	 * Finds out why it could not connect.
	 * @param cause what the transport says
	 */
	ConnectFailure reason(Throwable cause);

	/**
	 * Returns the failure to report.
	 * @param server the address
	 * @param cause what the transport says
	 */
	Throwable described(InetSocketAddress server, Throwable cause);

}
