package dev.socketserver.operator;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * What an operator, or the code that manages an application's servers, can do with a
 * {@link SocketServer} in addition. All methods may be called from any thread. A timeout
 * that is negative counts as zero, and one of more than a year as a year.
 */
public interface ServerOperations {

	/**
	 * Returns the operations of a server.
	 * @param server a server of this engine
	 * @return its operations
	 * @throws ClassCastException if it is a server of something else
	 */
	static ServerOperations of(SocketServer server) {
		return (ServerOperations) server;
	}

	/**
	 * Returns a session of any server, also one that is closing.
	 * @param servers the servers
	 * @param id the id
	 * @return the session, or empty
	 */
	static Optional<SocketSession> session(SocketServers servers, String id) {
		SessionId parsed = SessionId.parse(id);
		return (parsed != null) ? servers.server(parsed.server()).flatMap((server) -> server.session(id))
				: Optional.empty();
	}

	/**
	 * Returns the sessions that are bound to an identity, also those that are closing.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the sessions, the oldest first
	 */
	List<SocketSession> bound(String type, String id);

	/**
	 * Returns the sessions of a group, also those that are closing.
	 * @param group the group's name
	 * @return the sessions, weakly consistent, in no particular order
	 */
	Stream<SocketSession> members(String group);

	/**
	 * Starts the server, like {@link SocketServer#start()}, with listeners that are
	 * paused before anything is accepted, until somebody resumes them.
	 * @param listeners the names of the listeners; those that the server does not have
	 * are ignored
	 */
	void startPaused(Set<String> listeners);

	/**
	 * Begins to stop the server, like {@link SocketServer#stop(Duration)}, but never
	 * waits.
	 * @param timeout how long sessions may take to end
	 * @return whether this call began to stop the server; {@link SocketServer#stopped()}
	 * completes when that is done
	 */
	boolean beginStop(Duration timeout);

	/**
	 * Begins to drain the server, like {@link SocketServer#drain(DrainPlan, Duration)},
	 * if it runs or is paused. A drain that is under way is not shortened.
	 * @param plan how sessions end
	 * @param timeout how long all of it may take
	 * @return whether this call began to drain the server
	 */
	boolean beginDrain(DrainPlan plan, Duration timeout);

	/**
	 * Begins to stop the server because the application ends. As {@link #beginStop}, but
	 * with the {@linkplain dev.socketserver.ServerSpec#drain() plan} of the server, which
	 * is shortened to fit into the timeout. If the server drains already, the rest of
	 * that drain is shortened.
	 * @param timeout how long sessions may take to end
	 * @return {@link SocketServer#stopped()}
	 */
	CompletableFuture<@Nullable Void> shutDown(Duration timeout);

	/**
	 * Returns how often somebody has asked the server to end: with each call for a stop
	 * or a drain, whatever it was doing then. A restart is no such call.
	 * @return the number
	 */
	int endsAsked();

	/**
	 * Returns how far a drain has progressed.
	 * @return the progress, or {@code null} while the server does not drain, or somebody
	 * has stopped it
	 */
	@Nullable DrainProgress drain();

	/**
	 * Returns the last 100 sessions that have ended, including those of a removed server
	 * of the same name. A session appears here before it disappears from the open ones.
	 * @return copies of at most 100 sessions, in the order in which they ended
	 */
	List<EndedSession> endedSessions();

	/**
	 * Returns the last 100 connections that were refused before they became sessions. No
	 * peers of UDP are among them, and none that are banned.
	 * @return at most 100 of them, the one that was refused last at the end
	 */
	List<RefusedConnection> refusedConnections();

	/**
	 * Returns the addresses whose connections the server refuses.
	 * @return the bans, as they change
	 */
	AddressBans bans();

	/**
	 * Returns which socket the server inherits, started or not.
	 * @return its name, or {@code null} if the server binds a socket itself
	 */
	@Nullable String inherited();

	/**
	 * Returns of what kind the socket is, started or not.
	 * @return the kind; of an inherited one that cannot be found, that which the
	 * specification has
	 */
	Protocol protocol();

	/**
	 * Returns how many frames of all open sessions were read but not handled yet. Goes
	 * through all of them.
	 * @return the number of frames
	 */
	long pendingInbound();

	/**
	 * Returns how many bytes of all open sessions were accepted for sending, and not yet
	 * taken by the operating system. Goes through all of them.
	 * @return the number of bytes
	 */
	long pendingBytes();

	/**
	 * Puts another specification in force, without a restart. Sessions that open from now
	 * on are served by it. Those that are open keep what they began with, but for limits
	 * of memory and time, rates and logins, which hold for them, too, at once. No one who
	 * is connected is refused afterwards. A paused server stays paused, and one that is
	 * stopped takes everything, also what else only a restart can change. One call at a
	 * time for each server.
	 * @param spec the specification, of a server of the same name
	 * @param version the version of the settings, as sessions show it that open from now
	 * on
	 * @throws IllegalArgumentException if it differs in what only a restart can change:
	 * nothing has changed then, and the message names the component
	 * @throws IllegalStateException if it is another specification, and the server is
	 * just starting: nothing has changed then
	 */
	void reconfigure(ServerSpec spec, long version);

	/**
	 * Returns how many open sessions have to log in and have not.
	 * @return the number; 0 without {@code login.timeout}
	 */
	int unauthenticated();

	/**
	 * A connection that a server remembers.
	 */
	sealed interface EndedConnection permits EndedSession, RefusedConnection {

		/**
		 * Returns the listener by which it came.
		 * @return the name of the listener
		 */
		String listener();

		/**
		 * Returns who has connected.
		 * @return the peer's address
		 */
		InetSocketAddress remoteAddress();

	}

	/**
	 * What is remembered of a connection that was refused before it became a session.
	 *
	 * @param server the name of the server
	 * @param listener the name of the listener by which it came
	 * @param remoteAddress the peer's address
	 * @param reason why it was refused
	 * @param detail more about that, at most 1,024 characters, or {@code null}
	 * @param at when it was refused
	 */
	record RefusedConnection(String server, String listener, InetSocketAddress remoteAddress, RejectReason reason,
			@Nullable String detail, Instant at) implements EndedConnection {

	}

}
