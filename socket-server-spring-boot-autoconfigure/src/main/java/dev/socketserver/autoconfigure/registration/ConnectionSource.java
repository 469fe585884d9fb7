package dev.socketserver.autoconfigure.registration;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * What {@code SocketClientConnectionDetails} beans say, as the rooms see it that the
 * package of that type needs.
 */
public interface ConnectionSource {

	/** Returns where a client connects to, {@code null} if that is not known here. */
	@Nullable List<? extends Place> addresses(String client);

	/** Returns the bundle of a client, {@code null} if that is not known here. */
	@Nullable SslBundle sslBundle(String client);

	/** A host and a port. */
	interface Place {

		String host();

		int port();

	}

}
