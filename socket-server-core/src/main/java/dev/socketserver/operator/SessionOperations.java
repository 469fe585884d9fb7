package dev.socketserver.operator;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.DetailedHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can do with a {@link SocketSession} in addition. All methods may be
 * called from any thread.
 */
public interface SessionOperations {

	/**
	 * Returns the operations of a session.
	 * @param session a session of this engine
	 * @return its operations
	 * @throws ClassCastException if it is a session of something else
	 */
	static SessionOperations of(SocketSession session) {
		return (SessionOperations) session;
	}

	/**
	 * Returns whose session it is.
	 * @return whether it belongs to a server or to a client
	 */
	SessionSpec.Side side();

	/**
	 * Pauses the session like {@link SocketSession#pauseReads}, but independently of the
	 * application: whatever that pauses and resumes, nothing is handled before
	 * {@link #release}. {@link SessionInfo#readsPaused()} is {@code true} meanwhile.
	 * @return {@code false} if the session was held already, or is closing
	 */
	boolean hold();

	/**
	 * Ends the pause of {@link #hold}, unless the application has paused the session
	 * itself.
	 * @return {@code false} if the session was not held
	 */
	boolean release();

	/**
	 * Returns access to the peer, for modules that send on their own account.
	 * @return the access
	 */
	PeerAccess peer();

	/**
	 * Returns how fast the peer may send.
	 * @return the rate, or {@code null} if it is not limited
	 */
	@Nullable SessionRate rate();

	/**
	 * Asks the handler for what operators should know about the session; see
	 * {@link DetailedHandler}. The handler of messages is asked between its other calls,
	 * so that a busy one answers late.
	 * @return a future that completes, never on an I/O thread, with the names and values
	 * that the handler returns. The map is empty if the handler returns none, or the
	 * session has ended. It fails with what the handler throws
	 */
	CompletableFuture<Map<String, @Nullable Object>> details();

}
