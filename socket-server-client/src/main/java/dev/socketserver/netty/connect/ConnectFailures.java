package dev.socketserver.netty.connect;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.regex.Pattern;

import dev.socketserver.address.Addresses;
import dev.socketserver.client.ConnectFailure;
import io.netty.channel.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Says what it means that a transport could not connect. Only here exceptions are looked
 * at; everybody else decides by {@link ConnectFailure}.
 */
final class ConnectFailures {

	private static final Pattern CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

	private ConnectFailures() {
	}

	/**
	 * Finds why it could not connect. Neither the JDK nor Netty (4.2.18) shows the error
	 * number of a refusal, and its text may be in any language. The class of the
	 * exception is that of a few rare failures, too, such as no local port being left;
	 * only counters depend on that.
	 */
	static ConnectFailure reason(@Nullable Throwable cause) {
		if (cause instanceof ConnectTimeoutException) {
			return ConnectFailure.TIMEOUT;
		}
		return (cause instanceof ConnectException) ? ConnectFailure.REFUSED : ConnectFailure.OTHER;
	}

	/** Returns what an address said, beside others. */
	static String text(Throwable cause, InetSocketAddress server) {
		return Addresses.format(server) + " " + message(cause, server);
	}

	/**
	 * Returns what the system said. The text of Netty (4.2.18) ends with the address, and
	 * may begin with the call of the system.
	 */
	private static String message(Throwable cause, InetSocketAddress server) {
		String message = String.valueOf(cause.getMessage());
		for (String end : List.of(": " + server, ": " + Addresses.format(server))) {
			message = message.endsWith(end) ? message.substring(0, message.length() - end.length()) : message;
		}
		return CALL.matcher(message).replaceFirst("");
	}

	/**
	 * Returns the failure to report. Of a refusal, Netty (4.2.18) has classes of its own
	 * that are not public. Of a host that cannot be reached, which a firewall may say as
	 * well, its native transports report no more than the class of the exception.
	 */
	static Throwable described(Throwable cause, InetSocketAddress server) {
		String address = Addresses.format(server);
		IOException described;
		if (cause instanceof NoRouteToHostException) {
			described = new NoRouteToHostException("no route to host: " + address);
		}
		else if (cause instanceof ConnectException && !Modifier.isPublic(cause.getClass().getModifiers())) {
			described = new ConnectException(message(cause, server) + ": " + address);
		}
		else {
			return cause;
		}
		described.initCause(cause);
		return described;
	}

}
