package dev.socketserver.netty;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

import dev.socketserver.ServerStartException.Problem;
import io.netty.channel.unix.Errors.NativeIoException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what stood in the way of a bind, without reading messages: their text differs by
 * platform and language.
 */
final class BindFailures {

	// Linux's numbers, as Netty's native transport reports them.

	private static final int EACCES = -13;

	private static final int EADDRINUSE = -98;

	private static final int EADDRNOTAVAIL = -99;

	private static final int FIRST_UNPRIVILEGED_PORT = 1024;

	private BindFailures() {
	}

	static Problem problem(InetSocketAddress address, Throwable failure) {
		if (failure instanceof NativeIoException nativeFailure) {
			return switch (nativeFailure.expectedErr()) {
				case EADDRINUSE -> Problem.PORT_IN_USE;
				case EADDRNOTAVAIL -> Problem.ADDRESS_NOT_AVAILABLE;
				case EACCES -> Problem.PERMISSION_DENIED;
				default -> Problem.OTHER;
			};
		}
		if (failure instanceof SocketException && !isOurs(address)) {
			return Problem.ADDRESS_NOT_AVAILABLE;
		}
		if (failure instanceof BindException) {
			return Problem.PORT_IN_USE;
		}
		if (failure instanceof SocketException && address.getPort() < FIRST_UNPRIVILEGED_PORT) {
			return Problem.PERMISSION_DENIED;
		}
		return Problem.OTHER;
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
