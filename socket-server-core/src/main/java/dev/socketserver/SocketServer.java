package dev.socketserver;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A named listener and its sessions. All methods may be called from any thread, a
 * handler's included.
 */
public interface SocketServer {

	/**
	 * Returns the name, unique in the application.
	 * @return the name
	 */
	String name();

	/**
	 * Returns what the server was made from.
	 * @return the specification
	 */
	ServerSpec spec();

	/**
	 * Returns the state.
	 * @return the state
	 */
	ServerState state();

	/**
	 * Returns where the server listens, with the actual port, which it keeps while it
	 * replaces a listening socket that broke.
	 * @return the address, or {@code null} while it does not listen
	 */
	@Nullable InetSocketAddress localAddress();

	/**
	 * Returns the transport in use.
	 * @return the transport, never {@link Transport#AUTO}, or {@code null} unless the
	 * server is {@link ServerState#RUNNING} or {@link ServerState#DRAINING}
	 */
	@Nullable Transport transport();

	/**
	 * Returns when the server last began to listen.
	 * @return the instant, or {@code null} unless the server is
	 * {@link ServerState#RUNNING} or {@link ServerState#DRAINING}
	 */
	@Nullable Instant startedAt();

	/**
	 * Returns why the last start failed, or why a running server cannot accept
	 * connections just now: its listening socket broke and is being replaced, or there
	 * are no descriptors. What is wrong with a running server it mends by itself.
	 * @return the failure, or {@code null} unless {@link ServerState#FAILED} or just
	 * recovering
	 */
	@Nullable Throwable failure();

	/**
	 * Returns the sessions, in the order in which they opened. The stream is weakly
	 * consistent: sessions may come and go while it is read.
	 * @return the sessions
	 */
	Stream<SocketSession> sessions();

	/**
	 * Returns the sessions that opened after the given one, in order.
	 * @param id a session's id, of a session that may have ended
	 * @return the later sessions; none if the id is not of this server
	 */
	Stream<SocketSession> sessionsAfter(String id);

	/**
	 * Returns an open session.
	 * @param id the id
	 * @return the session, or empty
	 */
	Optional<SocketSession> session(String id);

	/**
	 * Returns the open sessions that have an identity.
	 * @param type what kind of identity
	 * @param id which one
	 * @return the sessions {@linkplain SocketSession#bind bound} to it, the oldest first;
	 * at most one unless {@link BindPolicy#ALLOW} is used
	 */
	List<SocketSession> find(String type, String id);

	/**
	 * Returns a group of sessions.
	 * @param name the group's name
	 * @return the group, which may be empty
	 */
	Group group(String name);

	/**
	 * Returns the counters.
	 * @return a live view
	 */
	ServerStatistics statistics();

	/**
	 * Sends a payload to every session. A session with too much unsent output does not
	 * take it; the others are not delayed by that.
	 * @param payload what to send, as for {@link SocketSession#send(Object)}
	 * @return the number of sessions that took it
	 */
	int broadcast(Object payload);

	/**
	 * Starts listening and returns when the port is bound. Does nothing if the server is
	 * listening already.
	 * @throws ServerStartException if the server cannot listen
	 * @throws IllegalStateException if the server is just starting or draining, or if the
	 * calling thread is an I/O thread
	 */
	void start();

	/**
	 * Stops within the drain timeout of the specification; see {@link #stop(Duration)}.
	 * @return whether this call stopped the server
	 */
	boolean stop();

	/**
	 * Stops the server: the listener closes at once, each session ends after its current
	 * call and its replies, and what is left at the timeout is cut. Waits for that,
	 * except when called from a handler of this server or from an I/O thread: then it
	 * returns at once and stopping goes on by itself. While another call's stop goes on,
	 * this one can only shorten its time.
	 * @param timeout how long sessions may take to end; zero cuts them at once
	 * @return whether this call stopped the server: {@code false} if it was not running
	 * or another call was first
	 */
	boolean stop(Duration timeout);

	/**
	 * Begins to stop, like {@link #stop(Duration)}, and never waits.
	 * @param timeout how long sessions may take to end
	 * @return whether this call stopped the server; {@link #stopped()} tells the end
	 */
	boolean beginStop(Duration timeout);

	/**
	 * Returns the end of the current run.
	 * @return completes when the server has stopped; completed already if it does not run
	 */
	CompletableFuture<@Nullable Void> stopped();

}
