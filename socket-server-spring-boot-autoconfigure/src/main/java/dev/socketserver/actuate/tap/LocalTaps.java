package dev.socketserver.actuate.tap;

import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.Objects;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.tap.SocketTapsEndpoint.SocketTapDescriptor;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The taps of this node.
 *
 * @param taps the taps
 * @param servers the servers
 * @param clients the clients, or {@code null} if there are none
 * @param shown whether this node shows what was tapped, to those who may see it
 */
record LocalTaps(SocketTaps taps, SocketServers servers, @Nullable SocketClients clients, boolean shown) {

	static final String PCAP = "application/vnd.tcpdump.pcap";

	static final String TEXT = "text/plain;charset=UTF-8";

	static final String JSON = "application/json";

	SocketTapDescriptor start(TapParameters parameters, String requestedBy) {
		String server = parameters.text("server");
		if (server != null && this.servers.server(server).isEmpty()) {
			throw UnknownTargetException.server(server);
		}
		String client = parameters.text("client");
		if (client != null && (this.clients == null || this.clients.client(client).isEmpty())) {
			throw UnknownTargetException.client(client);
		}
		TapRequest request = parameters.request(requestedBy, this.taps.mostBytes());
		if (request.bytes() > this.taps.mostBytes()) {
			throw BadParameterException.value("bytes", String.valueOf(parameters.text("bytes")),
					"at most socket.limits.memory, " + this.taps.mostBytes(), "Too many bytes");
		}
		try {
			return SocketTapDescriptor.of(this.taps.start(request));
		}
		catch (NoSuchElementException ex) {
			throw UnknownTargetException.openSession(String.valueOf(parameters.text("session")));
		}
		catch (IllegalStateException ex) {
			throw new RefusedOperationException(String.valueOf(ex.getMessage()), ex);
		}
	}

	Content content(String id, @Nullable String format) {
		SocketTap tap = this.taps.tap(id).orElseThrow(() -> UnknownTargetException.tap(id));
		String wanted = Objects.requireNonNullElse(format, "pcap");
		return switch (wanted) {
			case "", "pcap" -> new Content(tap.pcap(), PCAP);
			case "text" -> new Content(tap.transcript().toString().getBytes(StandardCharsets.UTF_8), TEXT);
			case "json" -> new Content(new TapJson().write(tap), JSON);
			default -> throw BadParameterException.value("format", wanted, "pcap, text or json", "Unknown format");
		};
	}

	void remove(String id, String by) {
		if (!this.taps.remove(id, by)) {
			throw UnknownTargetException.tap(id);
		}
	}

	/**
	 * What was tapped, as a file.
	 *
	 * @param bytes the file
	 * @param type its media type
	 */
	record Content(byte[] bytes, String type) implements OperationResponseBody {

	}

}
