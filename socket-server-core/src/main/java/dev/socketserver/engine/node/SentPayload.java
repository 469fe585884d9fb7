package dev.socketserver.engine.node;

import java.util.function.Function;

/**
 * A payload on its way to a session of some server. What is not text is converted at
 * once, on the calling thread; text when its server, and so its charset, is known.
 */
final class SentPayload implements Function<String, byte[]> {

	private final NodeSessions sessions;

	private final Object payload;

	SentPayload(NodeSessions sessions, Object payload) {
		this.sessions = sessions;
		// The caller may change an array as soon as it has been sent.
		this.payload = (payload instanceof String) ? payload
				: (payload instanceof byte[] bytes) ? bytes.clone() : sessions.bytes("", payload);
	}

	@Override
	public byte[] apply(String server) {
		return this.sessions.bytes(server, this.payload);
	}

}
