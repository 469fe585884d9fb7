package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;

import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnixAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors.NativeIoException;
import org.jspecify.annotations.Nullable;

/**
 * Finds why a bind has failed, by classes and error numbers: texts of messages differ
 * between platforms and languages.
 */
final class BindFailures {

	// Numbers of Linux and of macOS, as Netty's native transports report them.

	private static final int EACCES = -13;

	private static final int EADDRINUSE = -98;

	private static final int EADDRNOTAVAIL = -99;

	private static final int EAFNOSUPPORT = -97;

	private static final int EAFNOSUPPORT_MAC = -47;

	private static final int EADDRINUSE_MAC = -48;

	private static final int EADDRNOTAVAIL_MAC = -49;

	private static final int FIRST_UNPRIVILEGED_PORT = 1024;

	private static final int PROBE_MILLIS = 200;

	private static final int PROBED_PORTS = 3;

	private BindFailures() {
	}

	/** Returns why a bind to an address has failed. */
	static Problem problem(InetSocketAddress address, Throwable failure) {
		if (failure instanceof ChannelException && failure.getCause() != null) {
			// The socket could not even be made.
			return lacksFamily(failure) ? Problem.ADDRESS_NOT_AVAILABLE : problem(address, failure.getCause());
		}
		if (failure instanceof NativeIoException nativeFailure) {
			return switch (nativeFailure.expectedErr()) {
				case EADDRINUSE, EADDRINUSE_MAC -> Problem.PORT_IN_USE;
				case EADDRNOTAVAIL, EADDRNOTAVAIL_MAC, EAFNOSUPPORT, EAFNOSUPPORT_MAC -> Problem.ADDRESS_NOT_AVAILABLE;
				case EACCES -> Problem.PERMISSION_DENIED;
				default -> Problem.OTHER;
			};
		}
		if (address instanceof UnixAddress) {
			return Problem.OTHER;
		}
		if (failure instanceof SocketException && !isOurs(address)) {
			return Problem.ADDRESS_NOT_AVAILABLE;
		}
		if (failure instanceof SocketException) {
			// The JDK throws BindException for EADDRINUSE and EACCES alike.
			boolean privileged = address.getPort() < FIRST_UNPRIVILEGED_PORT;
			if (privileged && !mayBind(address) && !answers(address)) {
				return Problem.PERMISSION_DENIED;
			}
			return (failure instanceof BindException) ? Problem.PORT_IN_USE : Problem.OTHER;
		}
		return Problem.OTHER;
	}

	/**
	 * Whether the JVM has no sockets of that family. Its exception is the cause of
	 * another one, since Netty calls it by reflection.
	 */
	private static boolean lacksFamily(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnsupportedOperationException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether this process may use the port, which the system permits for UDP alike. That
	 * of UDP may be in use too, so that a few below are tried: if they are permitted, so
	 * is this one.
	 */
	private static boolean mayBind(InetSocketAddress address) {
		int port = address.getPort();
		for (int each = port; each > Math.max(0, port - PROBED_PORTS); each--) {
			try (DatagramSocket probe = new DatagramSocket(each, address.getAddress())) {
				return probe.isBound();
			}
			catch (SocketException ex) {
				// It is not permitted, or in use: the JDK says the same of both.
			}
		}
		return false;
	}

	/** Whether somebody listens there, so that the port is in use. */
	private static boolean answers(InetSocketAddress address) {
		try (Socket probe = new Socket()) {
			probe.connect(address, PROBE_MILLIS);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isOurs(InetSocketAddress address) {
		if (address.getAddress().isAnyLocalAddress() || address.getAddress().isLoopbackAddress()) {
			return true;
		}
		try {
			@Nullable NetworkInterface owner = NetworkInterface.getByInetAddress(address.getAddress());
			return owner != null;
		}
		catch (SocketException ex) {
			return true;
		}
	}

}
