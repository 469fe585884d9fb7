package dev.socketserver.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketSession;
import dev.socketserver.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps one connection to a server: it connects when it is started, and
 * again whenever the connection is lost, until it is stopped or closed. Safe for use by
 * several threads.
 * <p>
 * What is sent does not depend on the connection of the moment: it waits until there is
 * one. To a handler each connection is a session. A client without a handler is used by
 * hand, with {@link #receive}.
 */
public interface SocketClient extends AutoCloseable {

	/**
	 * Returns the client's name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns what the client is made from.
	 * @return the specification
	 */
	ClientSpec spec();

	/**
	 * Returns what the client is doing.
	 * @return the state, which may be outdated when it is looked at
	 */
	ClientState state();

	/**
	 * Returns the connection, if there is one. What is sent with it belongs to that
	 * connection: it is lost with it, unlike what {@link #send} accepts. What a message
	 * handler sends with it when it is told that the session has opened, a login perhaps,
	 * leaves before everything that has waited in the client, unless the handler of the
	 * previous connection takes longer than a second to return.
	 * @return the session, or empty
	 */
	Optional<SocketSession> session();

	/**
	 * Returns how the operating system is asked for I/O.
	 * @return the transport, or {@code null} while the client is not started
	 */
	@Nullable Transport transport();

	/**
	 * Returns when the present connection was made.
	 * @return the time, or {@code null} while the client is not connected
	 */
	@Nullable Instant connectedAt();

	/**
	 * Returns why the client is not connected, as far as it knows.
	 * @return why the last attempt failed, or {@code null} if it did not, or there was
	 * none since the last connection
	 */
	@Nullable Throwable failure();

	/**
	 * Returns the counters.
	 * @return a live view
	 */
	ClientStatistics statistics();

	/**
	 * Sends a payload as one frame: now if the client is connected, else when it is
	 * again. Payloads leave in the order in which they were accepted. If the connection
	 * is lost before the operating system has taken all of a payload, it is sent again
	 * from its start on the next one: the server may see the beginning of it twice, and
	 * over TLS also some whole payloads before it.
	 * <p>
	 * As many payloads and bytes may wait as the {@linkplain ClientSpec#session()
	 * outbound} limits allow, whether or not the client is connected; beyond that the
	 * overflow policy decides. By default this call then waits for room, except on an I/O
	 * thread, where it is refused.
	 * @param payload the payload: text, bytes, or what a converter can write
	 * @return completes when the operating system has taken the last byte, which does not
	 * mean that the server has: what was on its way when a connection broke may be lost.
	 * Fails if it will never be sent: with {@link dev.socketserver.OutboundFullException}
	 * if it was refused or dropped, or {@link ClientClosedException} if the client is
	 * stopped or closed before
	 * @throws IllegalArgumentException if the payload cannot be converted, or is longer
	 * than a frame may be
	 */
	CompletableFuture<@Nullable Void> send(Object payload);

	/**
	 * Sends a request and returns its reply. Without a
	 * {@linkplain ClientSpec#correlator() correlator} replies are taken to come in the
	 * order of requests: while one is waited for, what is received is the reply to the
	 * oldest. A request that has timed out or was cancelled keeps its place: its reply is
	 * dropped and counted when it comes. A reply that cannot be read, or that the inbound
	 * overflow policy drops, counts as the reply to its request too, which then fails.
	 * With a correlator the payload of the same key is the reply; what has a key that
	 * nobody waits for is dropped and counted. All else that is received is handled or
	 * received as if nothing was asked.
	 * @param payload the request
	 * @param timeout how long to wait, from now on
	 * @return completes with the reply as the client's payload converter read it; fails
	 * with {@link java.util.concurrent.TimeoutException}, with
	 * {@link dev.socketserver.SessionClosedException} if the connection is lost on which
	 * it was sent, without a correlator with {@link dev.socketserver.PayloadException} or
	 * another {@link java.io.IOException} if its reply cannot be read or was dropped, or
	 * as {@link #send} does
	 * @throws IllegalArgumentException if the payload cannot be converted, has no key, or
	 * has the key of another request that is waited for
	 * @throws IllegalStateException if the client's handler reads the connection itself,
	 * as stream and conversation handlers do
	 */
	CompletableFuture<Object> ask(Object payload, Duration timeout);

	/**
	 * Waits for what happens next, for clients without a handler. What nobody receives
	 * waits; when as many payloads wait as the inbound limits allow, or more than a
	 * little while little memory is left for all servers and clients, the overflow policy
	 * decides. By default the client then stops reading from the server, and so gets no
	 * replies to {@link #ask} either: a client that only asks, but whose server also
	 * sends by itself, needs a handler, or a policy that drops. What happens to
	 * connections is never dropped. It is kept from the first call of this method on,
	 * which begins with {@link Received.Connected} if the client is connected.
	 * @param timeout how long to wait; zero to look only
	 * @return what happened, or {@code null} if nothing did in that time, or the thread
	 * was interrupted, whose flag is set then. {@link Received.Closed} is returned once
	 * for each stop, and ends the wait of all others
	 * @throws IllegalStateException if the client has a handler, or is stopped or closed
	 * and that was received already, or if an I/O thread would have to wait
	 */
	@Nullable Received receive(Duration timeout);

	/**
	 * Begins to connect, and returns at once. Does nothing if the client is started.
	 * @throws IllegalStateException if the client is closed, or is just stopping
	 * @throws UnsupportedOperationException if this machine lacks the transport
	 * @throws IllegalArgumentException if the transport lacks an option that is asked for
	 * @throws java.io.UncheckedIOException if the system does not give as many event
	 * loops as there are to be
	 */
	void start();

	/**
	 * Stops: nothing more is accepted, what was accepted is sent if the client is
	 * connected, replies to what was {@linkplain #ask asked} are waited for, then the
	 * connection is closed in good order. What cannot be sent, and who has no reply,
	 * within {@link ClientSpec#closeTimeout()} fails, as does everything at once if the
	 * client is not connected.
	 * @return completes when it is done, at once if the client is not started; like all
	 * futures of a client it refuses to be waited for on an I/O thread, with an
	 * {@link IllegalStateException}
	 */
	CompletableFuture<@Nullable Void> stop();

	/**
	 * Closes the connection, behind what is being sent, and does not connect again until
	 * {@link #reconnect()}. What is sent meanwhile waits.
	 * @return {@code false} if the client is not started or suspended already
	 */
	boolean disconnect();

	/**
	 * Closes the connection, if there is one, behind what is being sent, and connects
	 * anew without waiting for the time of the next attempt.
	 * @return {@code false} if the client is not started
	 */
	boolean reconnect();

	/**
	 * Whether the client does not connect because of {@link #disconnect()}.
	 * @return {@code true} if it waits for {@link #reconnect()}
	 */
	boolean suspended();

	/**
	 * Stops for good, as {@link #stop()} does. Returns at once; {@link #closed()} tells
	 * when it is done.
	 */
	@Override
	void close();

	/**
	 * Returns what completes when the client is {@link ClientState#CLOSED}.
	 * @return the future, the caller's own
	 */
	CompletableFuture<@Nullable Void> closed();

}
