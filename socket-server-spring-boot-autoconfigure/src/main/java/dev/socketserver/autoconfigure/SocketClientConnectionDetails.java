package dev.socketserver.autoconfigure;

import java.util.List;

import dev.socketserver.autoconfigure.registration.ConnectionSource;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where clients connect to, as another source than the properties says, such as a
 * container of a test. A bean of this type wins over {@code host}, {@code port},
 * {@code addresses} and {@code ssl.bundle}. It is asked once for each client, when the
 * application starts; of several beans, the first that knows the client counts.
 */
public interface SocketClientConnectionDetails extends ConnectionDetails, ConnectionSource {

	/**
	 * Returns the addresses of a client.
	 * @param client the name of the client
	 * @return the addresses, at most 64, or {@code null} to leave them to the properties
	 */
	@Override
	@Nullable List<Address> addresses(String client);

	/**
	 * Returns what a client trusts, and shows to servers. It is read once.
	 * @param client the name of the client
	 * @return the bundle, or {@code null} to leave it to the properties, which is the
	 * default
	 */
	@Override
	default @Nullable SslBundle sslBundle(String client) {
		return null;
	}

	/**
	 * An address of a server.
	 *
	 * @param host a host name, or an address without brackets
	 * @param port the port, from 1 to 65535
	 */
	record Address(String host, int port) implements Place {

	}

}
