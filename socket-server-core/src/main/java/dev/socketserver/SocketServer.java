package dev.socketserver;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.address.UnixAddress;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A server: sockets that listen in one or several places, and the sessions that were
 * accepted there, which are one set. All methods may be called from any thread, also by a
 * handler. A timeout that is negative counts as zero, and one of more than a year as a
 * year.
 */
public interface SocketServer {

	/**
	 * Returns the name, unique in the application.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the specification of the server.
	 * @return the specification
	 */
	ServerSpec spec();

	/**
	 * Returns the state.
	 * @return the state
	 */
	ServerState state();

	/**
	 * Returns where the server listens, with the actual port. The port stays the same
	 * while the server replaces a listening socket that broke. Of several listeners it is
	 * the server's own place, or else the first by name.
	 * @return the address, or {@code null} while it does not listen
	 */
	@Nullable InetSocketAddress localAddress();

	/**
	 * Returns the port of {@link #localAddress()}.
	 * @return the actual port; -1 while it does not listen, and if it has no port
	 */
	default int port() {
		InetSocketAddress address = localAddress();
		return (address == null || address instanceof UnixAddress) ? -1 : address.getPort();
	}

	/**
	 * Returns what the listeners are doing: the server's own place first, which is called
	 * {@value ListenerSpec#MAIN}, then others by their names.
	 * @return copies, at least one
	 */
	List<ListenerStatus> listeners();

	/**
	 * Returns the transport in use.
	 * @return the transport, never {@link SocketTransport#AUTO}, or {@code null} unless
	 * the server is {@link ServerState#RUNNING}, {@link ServerState#PAUSED} or
	 * {@link ServerState#DRAINING}
	 */
	@Nullable SocketTransport transport();

	/**
	 * Returns when the server last began to listen.
	 * @return the instant, or {@code null} unless the server is
	 * {@link ServerState#RUNNING}, {@link ServerState#PAUSED} or
	 * {@link ServerState#DRAINING}
	 */
	@Nullable Instant startedAt();

	/**
	 * Returns why the last start failed, until a start succeeds or the server is stopped.
	 * For a running server, returns why it, or the first of its listeners that cannot,
	 * cannot accept connections just now: its listening socket broke and is being
	 * replaced, there are no file descriptors left, or the event loop that accepts has
	 * been blocked for more than ten seconds. The server recovers by itself from a broken
	 * socket and from a lack of descriptors.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable failure();

	/**
	 * Returns the sessions that have not ended, in the order in which they opened. Some
	 * may be closing. The stream is weakly consistent: sessions may open and end while it
	 * is read.
	 * @return the sessions
	 */
	Stream<SocketSession> sessions();

	/**
	 * Returns a session that has not ended. It may be closing.
	 * @param id the id
	 * @return the session, or empty
	 */
	Optional<SocketSession> session(String id);

	/**
	 * Returns the sessions that are bound to an identity and not closing.
	 * @param type what kind of identity
	 * @param id the identity itself
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
	 * Sends a payload to every session. For a session with too much unsent output,
	 * {@code outbound.overflow} decides, but it never makes the others wait.
	 * @param payload what to send, as for {@link SocketSession#send(Object)}
	 * @return the number of sessions that accepted it for sending
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing of any session that it would be sent
	 * to
	 */
	int broadcast(Object payload);

	/**
	 * Starts listening, and returns when all ports are bound; if one cannot be bound,
	 * none is. Does nothing if the server listens already, also if it is paused. Sessions
	 * that {@link #closeListener()} has kept go on.
	 * @throws ServerStartException if the server cannot listen
	 * @throws IllegalStateException if the server is starting or draining, has been
	 * removed, or is stopped while it starts; or if the calling thread is an I/O thread
	 */
	void start();

	/**
	 * Stops the server, giving sessions the drain timeout of the specification to end;
	 * see {@link #stop(Duration)}.
	 * @return whether this call stopped the server
	 * @throws IllegalStateException as {@link #stop(Duration)} does
	 */
	boolean stop();

	/**
	 * Stops the server. The listening socket is closed at once. Each session, including
	 * those that {@link #closeListener()} has kept, ends after the current call of its
	 * handler and the replies to it; sessions that are left after the timeout are
	 * aborted. Ends a drain before its time, and cancels a restart. If another call is
	 * stopping the server already, this one can only shorten the time.
	 * <p>
	 * This method waits until the server has stopped. It returns at once, while the
	 * server goes on stopping by itself, if it is called by a handler of this server, on
	 * an I/O thread, or by a listener that is being notified of the server's start; and
	 * if the calling thread is interrupted, whose interrupt flag is then still set.
	 * @param timeout how long sessions may take to end; with zero they are aborted at
	 * once
	 * @return whether this call stopped the server, or kept it from starting;
	 * {@code false} if the server was {@link ServerState#STOPPED} already, or another
	 * call was first
	 * @throws IllegalStateException if the server has not stopped five seconds after the
	 * timeout, because a listener that is notified of the end does not return; the server
	 * goes on stopping
	 */
	boolean stop(Duration timeout);

	/**
	 * Begins to stop the server, like {@link #stop(Duration)}, and starts it again when
	 * it has stopped. Never waits. If that start fails, the server is
	 * {@link ServerState#FAILED}.
	 * @param timeout how long sessions may take to end
	 * @return whether this call began to stop the server; it will then start again,
	 * unless somebody stops it before
	 */
	boolean restart(Duration timeout);

	/**
	 * Closes the listening socket and leaves the sessions open: the server is
	 * {@link ServerState#STOPPED}, and its sessions are still listed. They end by
	 * themselves, with the next {@link #stop()}, or with the application. Waits until the
	 * port is free, but not on an I/O thread, and for at most five seconds if an event
	 * loop is busy.
	 * @return whether this call closed the listening socket
	 */
	boolean closeListener();

	/**
	 * Stops accepting connections by all listeners: new ones wait in the kernel's
	 * backlog, and open sessions go on. Once this method has returned, nothing is
	 * accepted any more, unless it was called on an I/O thread.
	 * @return whether this call paused the server: {@code false} if it was not
	 * {@link ServerState#RUNNING}
	 */
	boolean pause();

	/**
	 * Stops accepting connections by one listener. The server is
	 * {@link ServerState#PAUSED} when all of them are paused.
	 * @param listener the name of the listener
	 * @return whether this call paused the listener: {@code false} if it was paused
	 * already, or the server does not listen
	 * @throws IllegalArgumentException if the server has no such listener
	 */
	boolean pause(String listener);

	/**
	 * Accepts connections by all listeners again, beginning with those that have waited.
	 * @return whether this call resumed a listener: {@code false} if none was paused
	 */
	boolean resume();

	/**
	 * Accepts connections by one listener again, beginning with those that have waited.
	 * @param listener the name of the listener
	 * @return whether this call resumed the listener: {@code false} if it was not paused
	 * @throws IllegalArgumentException if the server has no such listener
	 */
	boolean resume(String listener);

	/**
	 * Closes the listening socket, and gives all sessions, including those that
	 * {@link #closeListener()} has kept, until the timeout to end by themselves. Sessions
	 * that are left then are stopped as by {@link #stop()}. While the server drains
	 * already, this call can only shorten the time. Cancels a restart. Never waits.
	 * <p>
	 * If the specification has a {@linkplain ServerSpec#drain() plan}, this is
	 * {@link #drain(DrainPlan, Duration)} with it.
	 * @param timeout how long sessions may go on
	 * @return {@link #stopped()}
	 */
	CompletableFuture<@Nullable Void> drain(Duration timeout);

	/**
	 * Ends the sessions one after the other. The server is {@link ServerState#DRAINING}.
	 * It accepts connections until the delay of the plan is over, and closes the
	 * listening socket then. From then on sessions are asked to end, evenly over the time
	 * of the plan: each ends after the current call of its handler, its replies, and the
	 * {@linkplain SocketSession#ask requests} that wait, and gets the farewell last.
	 * Messages that wait after that are dropped. A session that takes long delays none of
	 * the others. Sessions that are left after the timeout are aborted.
	 * <p>
	 * With a plan that ends no sessions, they are left alone after the delay, and stopped
	 * at the timeout as by {@link #stop()}. {@link #stop()} ends a drain before its time.
	 * While the server drains already, this call can only shorten the time. Cancels a
	 * restart. Never waits.
	 * @param plan how; shortened if it is not {@linkplain DrainPlan#within within} the
	 * timeout
	 * @param timeout how long all of it may take
	 * @return {@link #stopped()}
	 */
	CompletableFuture<@Nullable Void> drain(DrainPlan plan, Duration timeout);

	/**
	 * Returns a future for the end of the current run.
	 * @return a future that completes when the server has stopped and all of its sessions
	 * have ended, including those that {@link #closeListener()} has kept; it is completed
	 * already if the server does not run and has no sessions. If the session of a
	 * {@linkplain ServerSpec#oneShot() one-shot} server has ended with
	 * {@link CloseReason#HANDLER_ERROR}, it fails with what the handler threw
	 */
	CompletableFuture<@Nullable Void> stopped();

	/**
	 * Sessions of one server that have {@linkplain SocketSession#join joined} under one
	 * name. It is a live view: sessions open and end, and one that has ended is no longer
	 * in it. All methods may be called from any thread.
	 */
	interface Group {

		/**
		 * Returns the name.
		 * @return the name
		 */
		String name();

		/**
		 * Returns the sessions that are not closing. The stream is weakly consistent.
		 * @return the sessions, in no particular order
		 */
		Stream<SocketSession> sessions();

		/**
		 * Sends a payload to every session of the group. A session with too much unsent
		 * output does what its server's {@code outbound.overflow} says, but never makes
		 * the others wait.
		 * @param payload what to send, as for {@link SocketSession#send(Object)}
		 * @return the number of sessions that took it
		 * @throws IllegalArgumentException if the payload is of another type, cannot be
		 * converted, or cannot be carried by the framing of any session that would take
		 * it
		 */
		int broadcast(Object payload);

	}

}
