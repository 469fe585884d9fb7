package dev.socketserver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.socketserver.framing.Framing;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * One connection: accepted by a server, or made by a client. All methods may be called
 * from any thread and after the session has closed. None of them blocks, except that
 * {@link #send} waits for room where {@link OutboundOverflow#BLOCK} says so.
 */
public interface SocketSession {

	/**
	 * Returns the id, {@code <server>-<n>}: the name of the session's server or client,
	 * and a number that is counted from 1 for each of them. No id is used twice while the
	 * application lives.
	 * @return the id
	 */
	String id();

	/**
	 * Returns the name of the session's server, or of the client whose connection it is.
	 * @return the name
	 */
	String server();

	/**
	 * Returns by which listener of the server the session came.
	 * @return the name of the listener, {@value ListenerSpec#MAIN} for the server's own
	 * place; empty for a connection of a client
	 */
	String listener();

	/**
	 * Returns the peer's address.
	 * @return the address; the same after the session has closed
	 */
	InetSocketAddress remoteAddress();

	/**
	 * Returns the address of this side of the connection. On a server it is the one that
	 * the peer connected to.
	 * @return the address; the same after the session has closed
	 */
	InetSocketAddress localAddress();

	/**
	 * Returns to which multicast group the peer has sent what opened the session. What
	 * the session sends is for the peer alone.
	 * @return the address of the group, also after the end; {@code null} for a session of
	 * another kind
	 */
	default @Nullable InetAddress group() {
		return null;
	}

	/**
	 * Returns who the process at the other end of a Unix socket is.
	 * @return what the kernel says, also after the end; {@code null} for a session of
	 * another kind, or if the kernel does not say
	 */
	default @Nullable PeerCredentials peerCredentials() {
		return null;
	}

	/**
	 * Returns when the session began.
	 * @return the instant
	 */
	Instant openedAt();

	/**
	 * Returns with which settings the session has begun. Each change of the settings of
	 * an application makes a new version.
	 * @return the version, from 1
	 */
	default long settingsVersion() {
		return 1;
	}

	/**
	 * Returns the arguments that the configuration of the server or client has for its
	 * handler.
	 * @return the arguments, unmodifiable
	 */
	List<String> args();

	/**
	 * Returns values that the application keeps with the session.
	 * @return a map that is safe for use by several threads; without {@code null}
	 */
	Map<String, Object> attributes();

	/**
	 * Returns who the peer is: the principal that the application has
	 * {@linkplain #authenticate authenticated} last, else that of the certificate of its
	 * TLS handshake, else the user of the process at the other end of a Unix socket.
	 * @return the principal, or {@code null} if the peer has proved none
	 */
	@Nullable Principal principal();

	/**
	 * Says who the peer is, after a login in the protocol of the application. Endpoints
	 * show the principal's name. Any thread may call this, at any time; the last call
	 * counts, and it counts at once.
	 * @param principal the principal that {@link #principal()} returns from now on
	 * @throws IllegalArgumentException if its name has U+0000, half of a surrogate pair,
	 * or U+FFFD; before its login, the session has failed to log in with that
	 */
	void authenticate(Principal principal);

	/**
	 * Says that the connection of a client is ready: from now on it takes what is sent
	 * and asked for with the {@link dev.socketserver.client.SocketClient}, where the
	 * client waits for that ({@link dev.socketserver.client.Ready#HANDLER}). Without
	 * effect on other clients and on servers, and after the first call. Any thread.
	 */
	default void ready() {
	}

	/**
	 * Binds the session to an identity, under which {@link SocketServer#find} and
	 * {@link SocketServers#find} find it until it ends or is {@linkplain #unbind
	 * unbound}. A session may have several identities. The end of an older session never
	 * takes an identity from a newer one. A session that is bound to the identity already
	 * keeps it, whatever the policy; with {@link BindPolicy#REPLACE} it is the only one
	 * afterwards.
	 * <p>
	 * Calls at the same time take effect one after the other. A session that is closing
	 * keeps its identities until its handler has finished, {@code closed} included, and
	 * for others they are free: a peer that connects again need not wait for that, also
	 * with {@link BindPolicy#REJECT}.
	 * @param type what kind of identity, for example {@code device}
	 * @param id the identity itself
	 * @param policy what to do if another session of the server is bound to it already
	 * @return whether the session is bound to the identity now: {@code false} if another
	 * session is and the policy is {@link BindPolicy#REJECT}, or if this session is
	 * closing
	 * @throws IllegalArgumentException if the type or the identity has U+0000, half of a
	 * surrogate pair, or U+FFFD, which malformed input is decoded to: others may seem to
	 * be the same. Before its login, the session has failed to log in with that. In a
	 * cluster also if the identity has more than 65,536 characters
	 */
	boolean bind(String type, String id, BindPolicy policy);

	/**
	 * Binds the session to an identity as {@link #bind(String, String, BindPolicy)} does
	 * with {@link BindPolicy#REPLACE}: the session that has just connected is the right
	 * one, and an older one is closed.
	 * @param type what kind of identity, for example {@code device}
	 * @param id the identity itself
	 * @return whether the session is bound to the identity now: {@code false} only if it
	 * is closing
	 * @throws IllegalArgumentException as the other method does
	 */
	default boolean bind(String type, String id) {
		return bind(type, id, BindPolicy.REPLACE);
	}

	/**
	 * Returns the fencing token of an identity: it rises with each new owner, also across
	 * nodes and when the directory of a cluster was lost. A store that remembers the
	 * highest one it has seen can refuse what a former owner still writes.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the token, positive and below 2^53; empty if the session is not bound to
	 * the identity, or until the directory has granted it
	 */
	OptionalLong token(String type, String id);

	/**
	 * Takes an identity from the session, which goes on without it: for example because
	 * its peer has logged out, or has another name from now on. Another session may be
	 * bound to it at once.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return whether the session was bound to it
	 */
	boolean unbind(String type, String id);

	/**
	 * Adds the session to a group of its server, until it leaves the group or ends. Does
	 * nothing if it is in the group already, or is closing.
	 * @param group the group's name
	 */
	void join(String group);

	/**
	 * Takes the session out of a group. Does nothing if it is not in the group.
	 * @param group the group's name
	 */
	void leave(String group);

	/**
	 * Pauses the session: from now on the handler is not called with any further frame.
	 * Frames that were read already wait. The socket is not read either, so that TCP
	 * slows the peer down and memory stays bounded; it may go unnoticed meanwhile that
	 * the peer has left. When the connection is lost, the pause ends, and the frames that
	 * wait are handled before {@code closed} is called. If another thread than that of
	 * the handler calls this method, a call that was about to begin may still be made.
	 * Calling this method again has no effect.
	 */
	void pauseReads();

	/**
	 * Ends the pause of {@link #pauseReads}, beginning with the frames that have waited,
	 * unless an operator has paused the session, too. One call is enough, however often
	 * the session was paused.
	 * <p>
	 * If a {@link ConnectionHandler} has left bytes unread, it is called with them at
	 * once, ahead of everything that waits, whether or not reads were paused, and also if
	 * it had taken nothing of a full read buffer. If the handler calls this method in its
	 * own call, it is called again after that with what it leaves. Any thread may call
	 * this method.
	 */
	void resumeReads();

	/**
	 * Changes the framing of this session, if its framing is
	 * {@linkplain Framing#switchable() switchable}. When a handler calls this method, the
	 * new framing applies to all input after the frame that is being handled, and to all
	 * output after the replies to it; what the handler sends before it is done with the
	 * frame still has the old framing. A conversation is done with a frame when it
	 * receives the next one. When this method is called in {@code opened}, the new
	 * framing applies to everything that the peer sends. Bytes that a connection handler
	 * leaves unread belong to the frame that is being handled, and are not divided again.
	 * Payloads are of the same type as before.
	 * @param framing the framing
	 * @throws IllegalStateException if the server's framing is not switchable
	 * @throws IllegalArgumentException if the session has heartbeats, and the framing has
	 * no empty frame for them
	 */
	void framing(Framing framing);

	/**
	 * Encrypts the connection behind the frame that is being handled, where
	 * {@code ssl.mode} is {@code on-request}. To be called once, in a call of the
	 * handler: {@code opened} and the handling of failures included. The replies up to
	 * that of this call leave in the clear, also those that come later than it returns.
	 * Then the TLS handshake takes place, and all that is sent from then on is encrypted.
	 * No frame is handled until it is done.
	 * <p>
	 * A stream or conversation handler calls this method between two reads. What it sends
	 * before the next read, or before it waits for the future, leaves in the clear; a
	 * stream is to be flushed before that wait. A handler that replies by sending should
	 * call this method first: a peer may begin as soon as it has the reply.
	 * <p>
	 * Bytes that the peer has sent in the clear behind that frame are never handled: they
	 * close the session with {@link CloseReason#PROTOCOL_ERROR} and the detail
	 * {@code data behind STARTTLS}. So does a peer that begins the handshake before the
	 * reply has left. A handshake that fails or does not begin in time closes the session
	 * with {@link CloseReason#TLS_FAILED}. By default, which is for sessions of tests,
	 * the connection cannot be encrypted.
	 * @return a future that completes when the handshake is done. It fails with
	 * {@link SessionClosedException} if the session ends before that, and never completes
	 * on an I/O thread. A handler of messages must not wait for it, since the handshake
	 * follows its reply
	 * @throws IllegalStateException if {@code ssl.mode} is not {@code on-request},
	 * outside of a call of the handler, and if this method was called before
	 */
	default CompletableFuture<@Nullable Void> startTls() {
		throw new IllegalStateException("The connection cannot be encrypted");
	}

	/**
	 * Whether the connection is encrypted.
	 * @return {@code true} if it is, from its first byte or since the handshake that
	 * {@link #startTls} has asked for
	 */
	default boolean secure() {
		return false;
	}

	/**
	 * Sends a payload as one frame. Payloads sent by one thread keep their order. The
	 * payload is converted before this method returns, and may be changed by the caller
	 * afterwards.
	 * @param payload text, {@code byte[]}, {@link java.nio.ByteBuffer} (its remaining
	 * bytes), or any type for which the server has a converter
	 * @return a future that completes when the operating system has taken the last byte.
	 * It fails with {@link OutboundFullException} if the session has too much unsent
	 * output, unless {@link OutboundOverflow} says otherwise; with
	 * {@link java.io.InterruptedIOException} if the thread was interrupted while it
	 * waited for room; and with {@link SessionClosedException} if the session is closed
	 * or the connection is lost. It never completes on an I/O thread, so a handler may
	 * wait for it. With {@link ExecutionMode#EVENT_LOOP} the handler itself runs on an
	 * I/O thread, where waiting throws {@link IllegalStateException}
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	CompletableFuture<@Nullable Void> send(Object payload);

	/**
	 * Sends a payload as one frame, like {@link #send(Object)}, and reports the outcome
	 * to a callback. The callback runs exactly once, and never at the same time as a call
	 * of the handler. Callbacks run in the order of the sends, after the current call of
	 * the handler and before {@code closed}, unless the send itself came after that. Only
	 * the callback of a send that was refused or dropped does not wait for those of
	 * earlier sends. A callback must not send again whenever a send has failed: a session
	 * whose connection is lost would then never end.
	 * @param payload what to send
	 * @param callback called with {@code null} when the operating system has taken the
	 * last byte, or with the failure
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	void send(Object payload, Consumer<@Nullable Throwable> callback);

	/**
	 * Sends a request to the peer and returns its reply. With a
	 * {@linkplain SessionSpec#correlator() correlator}, the reply is the payload with the
	 * same key. Without one, while a request waits, each payload that is received is the
	 * reply to the oldest. A reply is matched when its frame is decoded: ahead of
	 * messages that wait for the handler, and while a call of the handler is under way.
	 * So a handler may wait for the reply, but not on an I/O thread, where waiting throws
	 * {@link IllegalStateException}; or it may return the future. Replies do not reach
	 * the handler, and do not count for {@link SessionSpec#requestsPerSession()}.
	 * <p>
	 * While reads are paused no reply is read. Without a correlator, a request that has
	 * timed out keeps its place in the order of replies; with more than 64 of these the
	 * session closes with {@link CloseReason#PROTOCOL_ERROR}. If
	 * {@link SessionSpec#requests()} are one at a time, the request waits until those
	 * before it have their replies or are given up, and keeps no place afterwards.
	 * @param payload the request; types as of {@link #send(Object)}
	 * @param timeout how long to wait for the reply, from now on; a negative one counts
	 * as zero, and one of more than 100 years as that
	 * @return a future for the reply, of the type that the handler takes. It fails with
	 * {@link dev.socketserver.client.RequestNotSentException} if the request still waits
	 * in the output, or for its turn, at the end of the timeout, and is then removed, or
	 * if the session ends before its turn; with another {@link RequestTimeoutException}
	 * if the peer may have it; with {@link SessionClosedException} when the peer ends its
	 * output or the session ends; with {@link dev.socketserver.payload.PayloadException}
	 * if the reply cannot be converted; and as that of {@link #send(Object)}. It
	 * completes once, and neither on an I/O thread nor where the handler runs
	 * @throws IllegalStateException if the handler reads the connection itself: a stream
	 * or conversation handler, or a connection handler on raw framing
	 * @throws IllegalArgumentException as of {@link #send(Object)}, and if the request
	 * has no key, or the key of another request that still waits
	 */
	CompletableFuture<Object> ask(Object payload, Duration timeout);

	/**
	 * Sends a request to the peer, like {@link #ask(Object, Duration)}, and returns its
	 * reply as the type that the caller wants, whatever type the handler takes. By
	 * default, which is for sessions of tests, the reply must be of that type already.
	 * @param payload the request
	 * @param reply what the reply is to be: {@code String}, {@code byte[]}, or a type for
	 * which there is a converter
	 * @param timeout how long to wait for the reply, from now on
	 * @param <T> the type of the reply
	 * @return a future as of {@link #ask(Object, Duration)}
	 * @throws IllegalStateException as {@link #ask(Object, Duration)} does
	 * @throws IllegalArgumentException as {@link #ask(Object, Duration)} does, and if
	 * there is no converter for the type of the reply
	 */
	default <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return ask(payload, timeout).thenApply(reply::cast);
	}

	/**
	 * Sends a payload as one frame, like {@link #send(Object)}, but never waits for room:
	 * where {@link OutboundOverflow#BLOCK} would, it fails with
	 * {@link OutboundFullException}.
	 * @param payload what to send
	 * @return a future as of {@link #send(Object)}; if the send was refused, the future
	 * has failed already when this method returns
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	CompletableFuture<@Nullable Void> trySend(Object payload);

	/**
	 * Ends the output: the peer sees the end of the stream (a FIN, RFC 9293, section 3.6)
	 * after everything that was sent before. What the peer sends is still handled, but
	 * later sends fail.
	 */
	void shutdownOutput();

	/**
	 * Closes the session in good order: what was accepted for sending leaves first, later
	 * sends fail, and the handler is called with no further frame. If the handler calls
	 * this method while it handles a frame, the reply that it returns is sent as well,
	 * unless somebody else closes the session, too. Otherwise, calling this method again
	 * has no effect. Input that was not read does not destroy output that is still on its
	 * way to the peer.
	 */
	default void close() {
		close(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	/**
	 * Closes the session with the given status; otherwise like {@link #close()}.
	 * @param status the status that the session ends with, unless it is closing already
	 */
	void close(CloseStatus status);

	/**
	 * Closes the connection at once and drops all unsent output; the peer sees a reset
	 * (an RST, RFC 9293, section 3.5.2).
	 */
	void abort();

	/**
	 * Returns how the session ends.
	 * @return a future that completes with the status after its handler has finished,
	 * {@code closed} included; cancelling it has no effect on the session
	 */
	CompletableFuture<CloseStatus> closed();

	/**
	 * Returns a snapshot of the session's state and counters, for people and tools. Only
	 * memory is read.
	 * @return the snapshot
	 */
	SessionInfo info();

	/**
	 * Counts an offence of the peer, such as a request that only an attacker makes:
	 * enough of them ban its address, if the server has {@code ban.offences}. Without
	 * that, and for a session of a client, nothing happens. The session stays open.
	 * @param reason what it is, for operators and the audit log, on one line; never
	 * something secret
	 */
	void offence(String reason);

	/**
	 * Reports that the peer could not log in, such as for a wrong password. The last of
	 * {@code login.attempts} closes the session with {@link CloseReason#LOGIN_FAILED},
	 * behind the reply of the current call. Without {@code login.timeout}, once the
	 * session is logged in, and for a session of a client, nothing happens.
	 * @param reason why, for operators, on one line; never something secret
	 */
	void loginFailed(String reason);

	/**
	 * Replaces how fast the peer may send, as after a login, with the bursts that are the
	 * default. What is too much is treated as {@code rate.on-exceeded} says. For a
	 * session of a client nothing happens.
	 * @param messages such as {@code 100/s} or {@code 600/m}; {@code null} for any number
	 * @param bytes such as {@code 1MB/s}; {@code null} for any number
	 * @throws IllegalArgumentException if a rate cannot be read
	 */
	void rate(@Nullable String messages, @Nullable String bytes);

}
