package dev.socketserver.bridge;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A message that a bridge stores. The payload is not copied: it must not be changed.
 *
 * @param server the name of the server
 * @param session the id of the session
 * @param remoteAddress the address of the peer
 * @param identity the first identity that the session was bound to when the message
 * arrived, as {@code type:id}; {@code null} if it had none
 * @param principal the name of the principal of the session; {@code null} if it has none
 * @param id the id of the message; {@code null} if it has none
 * @param key messages with the same key keep their order at the store
 * @param receivedAt when the message was complete
 * @param payload the bytes of the message, without its framing
 */
public record InboundMessage(String server, String session, InetSocketAddress remoteAddress, @Nullable String identity,
		@Nullable String principal, @Nullable String id, String key, Instant receivedAt, byte[] payload) {

	public InboundMessage {
		Objects.requireNonNull(server, "server");
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(remoteAddress, "remoteAddress");
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(receivedAt, "receivedAt");
		Objects.requireNonNull(payload, "payload");
	}

	/** Names the message, without its payload. */
	@Override
	public String toString() {
		return "InboundMessage[server=%s, session=%s, id=%s, %s bytes]".formatted(this.server, this.session, this.id,
				this.payload.length);
	}

}
