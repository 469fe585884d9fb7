package dev.socketserver;

import java.net.InetSocketAddress;

import dev.socketserver.address.Addresses;
import org.jspecify.annotations.Nullable;

/**
 * A server could not listen. It is then {@link ServerState#FAILED}; it may be started
 * again.
 */
public class ServerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	private final @Nullable String listener;

	private final String label;

	private final InetSocketAddress address;

	private final Problem problem;

	/**
	 * Creates the exception.
	 * @param server the server's name
	 * @param address where it was to listen
	 * @param problem what stood in the way
	 * @param cause the failure itself
	 */
	public ServerStartException(String server, InetSocketAddress address, Problem problem, Throwable cause) {
		this(server, null, server, address, problem, cause);
	}

	/**
	 * Creates the exception.
	 * @param listener the listener
	 * @param address where it was to listen
	 * @param problem what stood in the way
	 * @param cause the failure itself
	 */
	public ServerStartException(ListenerSpec listener, InetSocketAddress address, Problem problem, Throwable cause) {
		this(listener.session().name(), listener.name(), listener.label(), address, problem, cause);
	}

	private ServerStartException(String server, @Nullable String listener, String label, InetSocketAddress address,
			Problem problem, Throwable cause) {
		super("Server '" + label + "' cannot listen on " + Addresses.format(address) + ": " + cause.getMessage(),
				cause);
		this.server = server;
		this.listener = listener;
		this.label = label;
		this.address = address;
		this.problem = problem;
	}

	/**
	 * Returns the server's name.
	 * @return the name
	 */
	public String server() {
		return this.server;
	}

	/**
	 * Returns the listener that could not listen.
	 * @return its name, or {@code null} if that is not known
	 */
	public @Nullable String listener() {
		return this.listener;
	}

	/**
	 * Returns what messages call the listener.
	 * @return the server's name, with that of the listener behind a slash if the server
	 * has several
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Returns where the server was to listen.
	 * @return the address and port
	 */
	public InetSocketAddress address() {
		return this.address;
	}

	/**
	 * Returns what stood in the way.
	 * @return the problem
	 */
	public Problem problem() {
		return this.problem;
	}

	/** What can stand in the way of listening. */
	public enum Problem {

		/**
		 * Another socket uses that address and port ({@code EADDRINUSE}): it listens
		 * there, or is that of an outgoing connection.
		 */
		PORT_IN_USE,

		/** The address is not one of this machine's ({@code EADDRNOTAVAIL}). */
		ADDRESS_NOT_AVAILABLE,

		/** The port needs privileges that the process lacks ({@code EACCES}). */
		PERMISSION_DENIED,

		/** The address is a host name that cannot be resolved. */
		UNKNOWN_HOST,

		/** The chosen transport cannot be used on this machine. */
		TRANSPORT_UNAVAILABLE,

		/**
		 * An option was asked for that the transport or this machine lacks; the cause's
		 * message names it.
		 */
		OPTION_UNSUPPORTED,

		/**
		 * The system does not give the event loops, most often for want of descriptors;
		 * the cause's message says how many there were to be.
		 */
		NO_EVENT_LOOPS,

		/**
		 * The file of a Unix socket cannot be made, or another file has its path. The
		 * cause is a {@link dev.socketserver.address.UnusableSocketException}, which says
		 * what to do.
		 */
		SOCKET_FILE,

		/**
		 * The socket that the server inherits is not there, or is not as it should be.
		 * The cause is a {@link dev.socketserver.address.UnusableSocketException}, which
		 * says what to do.
		 */
		INHERITED_SOCKET,

		/**
		 * A multicast group cannot be joined. The cause is a
		 * {@link dev.socketserver.address.UnusableSocketException}, which says what to
		 * do.
		 */
		GROUP,

		/** Anything else; see the cause. */
		OTHER

	}

}
