package dev.socketserver.mailbox.delivery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.payload.Payloads;

/**
 * Turns the payloads of letters into bytes, as the server does that will send them.
 */
public final class LetterPayloads {

	private final Deliveries deliveries;

	private final Supplier<SocketServers> servers;

	/** By the names of their servers. */
	private final Map<String, Known> known = new ConcurrentHashMap<>();

	/** Where no server of this node has letters of a type. */
	private final Payloads plain = new Payloads(StandardCharsets.UTF_8, List.of());

	/**
	 * Creates the object.
	 * @param deliveries know which servers send letters
	 * @param servers the servers of this node
	 */
	public LetterPayloads(Deliveries deliveries, Supplier<SocketServers> servers) {
		this.deliveries = deliveries;
		this.servers = servers;
	}

	/**
	 * Converts a payload.
	 * @throws IllegalArgumentException if nothing converts it, or it is too long
	 */
	byte[] bytes(String type, Object payload) {
		for (ServerMailbox mailbox : this.deliveries.of(type)) {
			SocketServer server = this.servers.get().server(mailbox.server()).orElse(null);
			if (server != null) {
				return bytes(server.spec(), payload);
			}
		}
		return this.plain.bytes(payload).clone();
	}

	private byte[] bytes(ServerSpec spec, Object payload) {
		byte[] bytes = this.known
			.compute(spec.name(), (name, made) -> (made != null && made.spec() == spec) ? made : Known.of(spec))
			.payloads()
			.bytes(payload)
			.clone();
		if (bytes.length > spec.session().maxFrameBytes()) {
			throw new IllegalArgumentException(
					"A letter of " + bytes.length + " bytes is longer than a frame of server '" + spec.name()
							+ "' may be: limits.frame is " + spec.session().maxFrameBytes());
		}
		return bytes;
	}

	/**
	 * What turns payloads into bytes, until the server has other settings.
	 *
	 * @param spec the settings
	 * @param payloads what does so by them
	 */
	private record Known(ServerSpec spec, Payloads payloads) {

		static Known of(ServerSpec spec) {
			return new Known(spec, new Payloads(spec.session().charset(), spec.session().converters()));
		}

	}

}
