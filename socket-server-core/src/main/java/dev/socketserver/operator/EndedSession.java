package dev.socketserver.operator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.PeerCredentials;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.transcript.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a session that has ended. It is a copy that keeps no object of
 * the application in memory. Of each text it has at most 256 characters (of the detail of
 * the close status 1,024), and of the principal, identities, groups and attributes at
 * most 8,192 in all, in this order; entries after that are left out.
 *
 * @param id the id
 * @param server the name of its server
 * @param listener the name of the listener by which it came
 * @param remoteAddress the peer's address
 * @param localAddress the address that the peer connected to
 * @param group the multicast group to which its peer has sent; {@code null} for other
 * sessions
 * @param peer who the process at the other end of a Unix socket was; {@code null} for
 * other sessions
 * @param openedAt when the session began
 * @param endedAt when the session had ended and its handler had finished
 * @param settings the {@linkplain SocketSession#settingsVersion() version} of the
 * settings with which the session had begun
 * @param principal the name of the {@linkplain SocketSession#principal() principal}, or
 * {@code null} if there was none
 * @param attributes at most 64 of the {@linkplain SocketSession#attributes() attributes}:
 * numbers and booleans as they were, text, and only the type of anything else
 * @param info the last snapshot of the session, with at most 64 identities and 64 groups;
 * the status in {@link SessionInfo#closed()} has no cause
 * @param boundTotal how many identities it had, with those that are left out
 * @param groupsTotal how many groups it had, with those that are left out
 * @param recorded its last frames and its end, if it has ended with an error and frames
 * are recorded; else {@code null}
 */
public record EndedSession(String id, String server, String listener, InetSocketAddress remoteAddress,
		InetSocketAddress localAddress, @Nullable InetAddress group, @Nullable PeerCredentials peer, Instant openedAt,
		Instant endedAt, long settings, @Nullable String principal, Map<String, Object> attributes, SessionInfo info,
		int boundTotal, int groupsTotal, @Nullable Transcript recorded) implements ServerOperations.EndedConnection {

	public EndedSession {
		Objects.requireNonNull(id, "id");
		attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
	}

	/**
	 * Returns the same with another recording.
	 * @param recorded the last frames, or {@code null}
	 * @return the copy
	 */
	public EndedSession withRecorded(@Nullable Transcript recorded) {
		return new EndedSession(this.id, this.server, this.listener, this.remoteAddress, this.localAddress, this.group,
				this.peer, this.openedAt, this.endedAt, this.settings, this.principal, this.attributes, this.info,
				this.boundTotal, this.groupsTotal, recorded);
	}

}
