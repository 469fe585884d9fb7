package dev.socketserver;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a session that has ended: a copy that keeps nothing of the
 * application's in memory.
 *
 * @param id the id
 * @param server the name of its server
 * @param remoteAddress the peer's address
 * @param localAddress the address that the peer connected to
 * @param openedAt when it began
 * @param endedAt when it had ended: the handler had been told
 * @param principal the name of who the peer had proved to be, or {@code null}
 * @param attributes what the application kept with it, at most 64 entries: numbers and
 * truth values as they were, text cut to 256 characters, of anything else its type only
 * @param info its last snapshot, at most 64 identities and groups each; the status that
 * is {@link SessionInfo#closed()} has no cause
 */
public record EndedSession(String id, String server, InetSocketAddress remoteAddress, InetSocketAddress localAddress,
		Instant openedAt, Instant endedAt, @Nullable String principal, Map<String, Object> attributes,
		SessionInfo info) {

	public EndedSession {
		Objects.requireNonNull(id, "id");
		attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
	}

}
