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
	 * server is {@link ServerState#RUNNING}, {@link ServerState#PAUSED} or
	 * {@link ServerState#DRAINING}
	 */
	@Nullable Transport transport();

	/**
	 * Returns when the server last began to listen.
	 * @return the instant, or {@code null} unless the server is
	 * {@link ServerState#RUNNING}, {@link ServerState#PAUSED} or
	 * {@link ServerState#DRAINING}
	 */
	@Nullable Instant startedAt();

	/**
	 * Returns why the last start failed, until a start succeeds or the server is stopped;
	 * or why a running server cannot accept connections just now: its listening socket
	 * broke and is being replaced, there are no descriptors, or the event loop that
	 * accepts has not answered for ten seconds, because something keeps it. The server
	 * recovers by itself from a broken socket and from missing descriptors.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable failure();

	/**
	 * Returns the sessions, in the order in which they opened. The stream is weakly
	 * consistent: sessions may come and go while it is read.
	 * @return the sessions
	 */
	Stream<SocketSession> sessions();

	/**
	 * Returns the last sessions that have ended, also those of a server of the same name
	 * that was removed, unless a hundred others were since. A session is among them
	 * before it is no longer among the open ones.
	 * @return copies of at most 100 sessions, the one that ended last at the end
	 */
	List<EndedSession> endedSessions();

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
	 * Sends a payload to every session. A session with too much unsent output does what
	 * {@code outbound.overflow} says, but never makes the others wait.
	 * @param payload what to send, as for {@link SocketSession#send(Object)}
	 * @return the number of sessions that took it
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing of any session that would take it
	 */
	int broadcast(Object payload);

	/**
	 * Starts listening and returns when the port is bound. Does nothing if the server is
	 * listening already, a paused one included. Sessions that {@link #stopListening()}
	 * kept go on.
	 * @throws ServerStartException if the server cannot listen
	 * @throws IllegalStateException if the server is just starting or draining, has been
	 * removed, or is stopped while it starts, or if the calling thread is an I/O thread
	 */
	void start();

	/**
	 * Stops within the drain timeout of the specification; see {@link #stop(Duration)}.
	 * @return whether this call stopped the server
	 * @throws IllegalStateException as {@link #stop(Duration)} does
	 */
	boolean stop();

	/**
	 * Stops the server: the listener closes at once, each session ends after its current
	 * call and its replies, and what is left at the timeout is cut. Sessions that
	 * {@link #stopListening()} kept end in the same way. Waits for that, except when
	 * called from a handler of this server, from an I/O thread, or while the calling
	 * thread is telling listeners of the server's start: then it returns at once and
	 * stopping goes on by itself. Ends a drain before its time, and cancels a restart.
	 * While another call's stop goes on, this one can only shorten its time. Interrupted,
	 * it returns at once, with the thread's flag set, and stopping goes on by itself.
	 * @param timeout how long sessions may take to end; zero cuts them at once
	 * @return whether this call stopped the server, or kept it from starting:
	 * {@code false} if it was {@link ServerState#STOPPED} or another call was first
	 * @throws IllegalStateException if the server has not stopped five seconds after the
	 * timeout, because a listener that is told of it does not return; stopping goes on
	 */
	boolean stop(Duration timeout);

	/**
	 * Begins to stop, like {@link #stop(Duration)}, and never waits.
	 * @param timeout how long sessions may take to end
	 * @return whether this call stopped the server; {@link #stopped()} tells the end
	 */
	boolean beginStop(Duration timeout);

	/**
	 * Begins to stop, like {@link #beginStop(Duration)}, and starts the server again when
	 * it has stopped. A start that fails then leaves it {@link ServerState#FAILED}.
	 * @param timeout how long sessions may take to end
	 * @return whether this call stopped the server, so that it will start again unless it
	 * is stopped meanwhile
	 */
	boolean beginRestart(Duration timeout);

	/**
	 * Closes the listener and leaves the sessions alone: the server is
	 * {@link ServerState#STOPPED}, and its sessions are still listed. They end by
	 * themselves, with the next {@link #stop()}, or with the application. Returns when
	 * the port is free, except on an I/O thread, and after five seconds if an event loop
	 * does not answer.
	 * @return whether this call closed the listener
	 */
	boolean stopListening();

	/**
	 * Stops accepting: connects wait in the kernel's backlog, and sessions go on. Nothing
	 * is accepted after this has returned, unless it was called on an I/O thread.
	 * @return whether this call paused the server: {@code false} if it was not
	 * {@link ServerState#RUNNING}
	 */
	boolean pause();

	/**
	 * Accepts again, those first that have waited.
	 * @return whether this call resumed the server: {@code false} if it was not
	 * {@link ServerState#PAUSED}
	 */
	boolean resume();

	/**
	 * Closes the listener, and lets sessions end by themselves until the timeout, those
	 * that {@link #stopListening()} kept included. Those that are left then are stopped
	 * as by {@link #stop()}. During another drain it can only shorten the time. Never
	 * waits.
	 * @param timeout how long sessions may go on
	 * @return {@link #stopped()}
	 */
	CompletableFuture<@Nullable Void> drain(Duration timeout);

	/**
	 * Returns the end of the current run.
	 * @return completes when the server has stopped and none of its sessions is left,
	 * those kept by {@link #stopListening()} included; completed already if there are
	 * none and it does not run. After a {@linkplain ServerSpec#oneShot() one-shot} whose
	 * session ended with {@link CloseReason#HANDLER_ERROR} it fails with what the handler
	 * threw
	 */
	CompletableFuture<@Nullable Void> stopped();

}
