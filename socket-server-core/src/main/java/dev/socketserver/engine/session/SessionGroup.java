package dev.socketserver.engine.session;

import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.SocketServer.Group;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.Payloads;

/**
 * A view of the sessions that have joined a group and are not closing. It has no state of
 * its own: asking for a group creates none.
 */
public final class SessionGroup implements Group {

	private final String name;

	private final SessionRegistry sessions;

	private final Payloads payloads;

	/**
	 * Creates the view of a group.
	 * @param name the name of the group
	 * @param sessions has the sessions
	 * @param payloads turn what is sent into bytes
	 */
	public SessionGroup(String name, SessionRegistry sessions, Payloads payloads) {
		this.name = Objects.requireNonNull(name, "name");
		this.sessions = sessions;
		this.payloads = payloads;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Stream<SocketSession> sessions() {
		return this.sessions.group(this.name)
			.filter((session) -> !session.end().isSettled())
			.map(SocketSession.class::cast);
	}

	@Override
	public int broadcast(Object payload) {
		return broadcast(this.payloads.bytes(payload), this.sessions.group(this.name));
	}

	/**
	 * Offers bytes to sessions, waiting for none of them.
	 * @param bytes the bytes
	 * @param sessions the sessions
	 * @return how many took them
	 * @throws RuntimeException what a framing threw, if none of them took them
	 */
	public static int broadcast(byte[] bytes, Stream<Session> sessions) {
		int took = 0;
		RuntimeException refusal = null;
		for (Session session : (Iterable<Session>) sessions::iterator) {
			try {
				took += session.offer(bytes) ? 1 : 0;
			}
			catch (Exception ex) {
				// Its framing cannot carry them; that of others, which may be another,
				// can.
				refusal = (ex instanceof RuntimeException thrown) ? thrown
						: new IllegalArgumentException("A payload could not be framed", ex);
			}
		}
		if (took == 0 && refusal != null) {
			throw refusal;
		}
		return took;
	}

}
