package dev.socketserver.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketSession;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps one connection to a server: it connects when it is started, and
 * again whenever the connection is lost, until it is stopped or closed. Safe for use by
 * several threads.
 * <p>
 * Payloads can be sent whether or not the client is connected: they wait until there is a
 * connection. For a handler, each connection is a session. An application that gives the
 * client no handler calls {@link #receive} itself.
 */
public interface SocketClient extends AutoCloseable {

	/**
	 * Returns the client's name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the specification of the client.
	 * @return the specification
	 */
	ClientSpec spec();

	/**
	 * Returns what the client is doing.
	 * @return the state, which may have changed when the caller reads it
	 */
	ClientState state();

	/**
	 * Returns the present connection. A payload that is sent with this session, rather
	 * than with {@link #send} of the client, is lost when the connection is. Payloads
	 * that a message handler sends with the session in {@code opened}, such as a login,
	 * leave before everything that has waited in the client, unless the handler of the
	 * previous connection takes longer than a second to return.
	 * @return the session, or empty if the client is not connected
	 */
	Optional<SocketSession> session();

	/**
	 * Returns what the client knows of its addresses.
	 * @return the addresses, in the order in which they are configured: at least one
	 */
	List<AddressStatus> addresses();

	/**
	 * Returns the connections that are ready: they take what is sent and asked for with
	 * this client. There may be several only with {@link ClientPool#size()}.
	 * @return the sessions, the oldest first; those that close, because others have taken
	 * their place, are not among them
	 */
	default List<SocketSession> connections() {
		return session().stream().toList();
	}

	/**
	 * Returns how many connections are in a state.
	 * @param state the state
	 * @return the number
	 */
	default int connections(ConnectionState state) {
		return (state == ConnectionState.READY) ? connections().size() : 0;
	}

	/**
	 * Has another connection take the place of each that is ready. The new one is ready
	 * first. Then the old one takes nothing more, finishes its requests and what it has
	 * to send, within 30 s, and closes with {@link dev.socketserver.CloseReason#ROTATED}.
	 * Nothing fails. While no new connection can be made, the old one stays.
	 * @return a future that completes when the old connections are closed; completed
	 * already if there are none
	 */
	default CompletableFuture<@Nullable Void> rotate() {
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Returns the transport in use.
	 * @return the transport, or {@code null} while the client is not started
	 */
	@Nullable SocketTransport transport();

	/**
	 * Returns when the present connection was made.
	 * @return the time, or {@code null} while the client is not connected
	 */
	@Nullable Instant connectedAt();

	/**
	 * Returns why the client is not connected, as far as the client knows.
	 * @return the failure of the last attempt to connect, or why none is made before the
	 * handler returns; {@code null} if the last attempt did not fail, or there was none
	 * since the last connection
	 */
	@Nullable Throwable failure();

	/**
	 * Returns how the last connection ended, which shows why a client is not connected
	 * whose connections are lost soon after they were made.
	 * @return how and when it ended, or {@code null} if no connection has ended since the
	 * client was started last
	 */
	@Nullable LastClosed lastClosed();

	/**
	 * Returns the counters.
	 * @return a live view
	 */
	ClientStatistics statistics();

	/**
	 * Sends a payload as one frame: at once if the client is connected, else when there
	 * is a connection again. Payloads leave in the order in which they were accepted. If
	 * the connection is lost before the operating system has taken all of a payload, the
	 * payload is sent again from its start on the next connection. So the server may see
	 * its beginning twice and, over TLS, also some whole payloads before it.
	 * <p>
	 * The {@linkplain ClientSpec#session() outbound} limits say how many payloads and
	 * bytes may wait, whether or not the client is connected; beyond them the overflow
	 * policy decides. By default this call then waits for room, but on an I/O thread the
	 * payload is refused.
	 * @param payload the payload: text, bytes, or any type for which the client has a
	 * converter
	 * @return a future that completes when the operating system has taken the last byte.
	 * That does not mean that the server has received it: what is on its way when a
	 * connection breaks may be lost. The future fails if the payload will never be sent:
	 * with {@link dev.socketserver.OutboundFullException} if it was refused or dropped,
	 * and with {@link ClientClosedException} if the client is stopped or closed before,
	 * which indicates whether some of the payload may have been sent
	 * @throws IllegalArgumentException if the payload cannot be converted, or is longer
	 * than a frame may be
	 */
	CompletableFuture<@Nullable Void> send(Object payload);

	/**
	 * Sends a request and returns its reply. Without a
	 * {@linkplain ClientSpec#correlator() correlator}, replies must arrive in the order
	 * of the requests: while any request waits, a payload that is received is the reply
	 * to the oldest one. A request that has timed out or was cancelled keeps its place,
	 * so that its late reply is dropped and counted. If a reply cannot be converted, its
	 * request fails. With a correlator, the reply is the payload with the same key; a
	 * payload with a key that no request waits for is dropped and counted. If
	 * {@link dev.socketserver.SessionSpec#requests()} are one at a time, the request
	 * waits for its turn, and other payloads overtake it. Everything else that is
	 * received goes to the handler, or to {@link #receive}, as usual.
	 * <p>
	 * A reply is matched as soon as its frame is decoded, ahead of messages that wait for
	 * the handler. So the handler may wait for the future, or one derived from it; but on
	 * an I/O thread, waiting throws {@link IllegalStateException}. No overflow policy
	 * drops a reply that a request waits for.
	 * @param payload the request
	 * @param timeout how long to wait for the reply, counted from this call; a negative
	 * one counts as zero, and one of more than 100 years as that
	 * @return a future that completes with the reply, as the client's payload converter
	 * has read it. It fails with {@link dev.socketserver.RequestTimeoutException}, which
	 * is a {@link RequestNotSentException} if no connection was given the request; with
	 * {@link dev.socketserver.SessionClosedException} if the connection on which the
	 * request was sent is lost; without a correlator, with
	 * {@link dev.socketserver.payload.PayloadException} if the reply cannot be converted;
	 * with {@link IllegalArgumentException} if a request that was asked with the session
	 * of its connection has the same key; and as {@link #send} does
	 * @throws IllegalArgumentException if the payload cannot be converted, has no key, or
	 * has the key of another request of the client that still waits
	 * @throws IllegalStateException if the client's handler reads the connection itself,
	 * as stream and conversation handlers do
	 */
	CompletableFuture<Object> ask(Object payload, Duration timeout);

	/**
	 * Sends a request, like {@link #ask(Object, Duration)}, and returns its reply as the
	 * type that the caller wants. By default, which is for clients of tests, the reply
	 * must be of that type already.
	 * @param payload the request
	 * @param reply what the reply is to be: {@code String}, {@code byte[]}, or a type for
	 * which there is a converter
	 * @param timeout how long to wait for the reply, counted from this call
	 * @param <T> the type of the reply
	 * @return a future as of {@link #ask(Object, Duration)}
	 * @throws IllegalArgumentException as {@link #ask(Object, Duration)} does, and if
	 * there is no converter for the type of the reply
	 * @throws IllegalStateException as {@link #ask(Object, Duration)} does
	 */
	default <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return ask(payload, timeout).thenApply(reply::cast);
	}

	/**
	 * Waits for the next event of a client without a handler: a payload, or the beginning
	 * or end of a connection. Events wait until somebody calls this method. When as many
	 * payloads wait as the inbound limits allow, or more than a few KB while memory for
	 * all servers and clients is scarce, the overflow policy decides. By default the
	 * client then stops reading from the server, and so gets no replies to {@link #ask}
	 * either: a client that only asks, but whose server also sends by itself, needs a
	 * handler, or a policy that drops. Events of connections are never dropped, also
	 * those from before the first call of this method, except that connections without
	 * payloads, and ends of runs behind which the client runs again, are left out while
	 * 10,000 events wait.
	 * @param timeout how long to wait; with zero or less, returns at once
	 * @return the event, or {@code null} if there was none in that time, or if the thread
	 * was interrupted, whose interrupt flag is then set. {@link Received.Closed} is
	 * returned once for each stop, and all other calls that wait end
	 * @throws IllegalStateException if the client has a handler; if the client is stopped
	 * or closed, and {@link Received.Closed} was returned already; or if an I/O thread
	 * would have to wait
	 */
	@Nullable Received receive(Duration timeout);

	/**
	 * Starts the client: it begins to connect, and this method returns at once. Does
	 * nothing if the client is started already.
	 * @throws IllegalStateException if the client is closed, or is stopping
	 * @throws UnsupportedOperationException if the transport cannot be used on this
	 * machine
	 * @throws IllegalArgumentException if the transport lacks an option of the
	 * specification
	 * @throws java.io.UncheckedIOException if the event loops cannot be created, most
	 * often for lack of file descriptors
	 */
	void start();

	/**
	 * Stops the client: it accepts no more payloads, sends those that it has accepted,
	 * waits for the replies to what was {@linkplain #ask asked}, and then closes the
	 * connection in good order. Payloads that cannot be sent, and requests that have no
	 * reply, within {@link ClientSpec#drainTimeout()} fail; if the client is not
	 * connected, all of them fail at once.
	 * @return a future that completes when the client has stopped; it is completed
	 * already if the client is not started. Waiting for it, as for all futures of a
	 * client, throws {@link IllegalStateException} on an I/O thread
	 */
	CompletableFuture<@Nullable Void> stop();

	/**
	 * Closes the connection after the output that is being sent, and does not connect
	 * again until {@link #reconnect()} is called. Payloads that are sent meanwhile wait.
	 * @return {@code false} if the client is not started or suspended already
	 */
	boolean disconnect();

	/**
	 * Closes the connection, if there is one, after the output that is being sent, and
	 * begins to connect again at once, without waiting until the next attempt is due.
	 * @return {@code false} if the client is not started
	 */
	boolean reconnect();

	/**
	 * Whether the client stays disconnected because of {@link #disconnect()}.
	 * @return {@code true} if it waits for a call of {@link #reconnect()}
	 */
	boolean suspended();

	/**
	 * Returns whether the server's system refuses the datagrams of a client of UDP, by
	 * ICMP: the last three or more in a row, until something arrives or a second has
	 * passed without a refusal. Such a client stays connected, unless it waits for the
	 * server.
	 * @return {@code true} if so; {@code false} for other clients and, by default, for
	 * those of tests
	 */
	default boolean refused() {
		return false;
	}

	/**
	 * Stops the client like {@link #stop()}, and for good. Returns at once;
	 * {@link #closed()} completes when that is done.
	 */
	@Override
	void close();

	/**
	 * Returns a future that completes when the client is {@link ClientState#CLOSED}.
	 * @return a future for this caller only
	 */
	CompletableFuture<@Nullable Void> closed();

	/** What a connection of a client is doing. */
	enum ConnectionState {

		/** It takes what is sent with the client. */
		READY,

		/** It is being made, is not {@link Ready ready}, or carries nothing yet. */
		CONNECTING,

		/** Another has taken its place: it finishes what it has, and closes. */
		DRAINING

	}

}
