package dev.socketserver.bridge;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.address.Addresses;
import org.jspecify.annotations.Nullable;

/**
 * What a message has beside its payload, as records and Spring messages have it: texts by
 * name.
 */
public final class MessageHeaders {

	/** The id of the session. */
	public static final String SESSION = "socket_session";

	/** The first identity of the session. */
	public static final String IDENTITY = "socket_identity";

	/** The name of the server. */
	public static final String SERVER = "socket_server";

	private MessageHeaders() {
	}

	/**
	 * Returns the headers of a message.
	 * @param message the message
	 * @return the headers, without those that it does not have
	 */
	public static Map<String, String> of(InboundMessage message) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put(SERVER, message.server());
		headers.put(SESSION, message.session());
		headers.put("socket_remote", Addresses.format(message.remoteAddress()));
		put(headers, IDENTITY, message.identity());
		put(headers, "socket_principal", message.principal());
		put(headers, "socket_id", message.id());
		headers.put("socket_received", message.receivedAt().toString());
		return headers;
	}

	private static void put(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
	}

}
