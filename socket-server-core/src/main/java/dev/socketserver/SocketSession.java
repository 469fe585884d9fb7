package dev.socketserver;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * One connection: accepted by a server, or made by a client. All methods may be called
 * from any thread and after the session has closed. None of them blocks, except that
 * {@link #send} waits for room where {@link OutboundOverflow#BLOCK} says so.
 */
public interface SocketSession {

	/**
	 * Returns the id, {@code <server>-<n>}, counted from 1 for each server and never used
	 * again while the application lives. The connections of a client have the client's
	 * name in it.
	 * @return the id
	 */
	String id();

	/**
	 * Returns the name of the session's server, or of the client whose connection it is.
	 * @return the name
	 */
	String server();

	/**
	 * Returns the peer's address.
	 * @return the address; the same after the session has closed
	 */
	InetSocketAddress remoteAddress();

	/**
	 * Returns our address: with a server the one that the peer connected to.
	 * @return the address; the same after the session has closed
	 */
	InetSocketAddress localAddress();

	/**
	 * Returns when the session began.
	 * @return the instant
	 */
	Instant openedAt();

	/**
	 * Returns the arguments that the server's configuration has for its handler.
	 * @return the arguments, unmodifiable
	 */
	List<String> args();

	/**
	 * Returns values that the application keeps with the session.
	 * @return a map that is safe for use by several threads; without {@code null}
	 */
	Map<String, Object> attributes();

	/**
	 * Returns who the peer has proved to be.
	 * @return the principal, or {@code null} if the peer did not prove anything
	 */
	@Nullable Principal principal();

	/**
	 * Gives the session an identity under which {@link SocketServer#find} and
	 * {@link SocketServers#find} find it, until it ends or is {@linkplain #unbind
	 * unbound}. A session may have several. The end of an older session never takes an
	 * identity from a newer one. A session that has the identity already keeps it,
	 * whatever the policy; with {@link BindPolicy#REPLACE} it has it alone afterwards.
	 * <p>
	 * Of sessions that bind at the same time one is first. An identity belongs to its
	 * session until the handler has been told of the session's end, so that with
	 * {@link BindPolicy#REJECT} no two handlers ever serve it at the same time.
	 * @param type what kind of identity, for example {@code device}
	 * @param id which one
	 * @param policy what to do if another session of the server has it already
	 * @return whether the session has the identity now: {@code false} with
	 * {@link BindPolicy#REJECT} if another has it, or if this session is closing
	 */
	boolean bind(String type, String id, BindPolicy policy);

	/**
	 * Takes an identity from the session, which goes on without: its peer has logged out,
	 * or is called otherwise from now on. Another session may have it at once.
	 * @param type what kind of identity
	 * @param id which one
	 * @return whether the session had it
	 */
	boolean unbind(String type, String id);

	/**
	 * Adds the session to a group of its server, until it leaves or ends. Joining again
	 * has no effect, nor has joining while the session closes.
	 * @param group the group's name
	 */
	void join(String group);

	/**
	 * Takes the session out of a group. It has no effect if it is not in it.
	 * @param group the group's name
	 */
	void leave(String group);

	/**
	 * Stops handling what the peer sends, at once: no further call with a frame starts.
	 * Frames that were read already wait, and then the socket is not read, so that TCP
	 * slows the peer and memory stays bounded. Calling it again has no effect. The peer's
	 * leaving may go unnoticed meanwhile; when the connection is lost, the pause ends:
	 * what was read is handled before the handler is told of the end.
	 */
	void pauseReads();

	/**
	 * Goes on after {@link #pauseReads}, with what waited first, unless an operator
	 * {@linkplain #hold() holds} the session. Calling it again has no effect; pauses are
	 * not counted.
	 */
	void resumeReads();

	/**
	 * Pauses reads like {@link #pauseReads}, on behalf of an operator: whatever the
	 * application pauses and resumes meanwhile, nothing is handled before
	 * {@link #release}. {@link SessionInfo#readsPaused()} tells it.
	 * @return whether this call did it: {@code false} if it was held already, or is
	 * closing
	 */
	boolean hold();

	/**
	 * Goes on after {@link #hold}, unless the application has paused reads itself.
	 * @return whether this call did it: {@code false} if it was not held
	 */
	boolean release();

	/**
	 * Changes the session's framing, where {@link Framing#switchable()} says that it can
	 * be. Called by a handler, the new framing governs everything behind the frame that
	 * the handler is handling, and behind its replies: what it sends before it has done
	 * with the frame still follows the old one. A conversation has done with a frame when
	 * it receives the next. Called in {@code opened}, it governs everything the peer
	 * sends. What a connection handler leaves unread is of the frame that it is handling,
	 * and is not cut anew. Frames become the same payloads as before.
	 * @param framing the framing
	 * @throws IllegalStateException if the server's framing is not switchable
	 * @throws IllegalArgumentException if the session has heartbeats, and the framing has
	 * no empty frame for them
	 */
	void framing(Framing framing);

	/**
	 * Sends a payload as one frame. Sends of one thread keep their order. The payload is
	 * converted and copied before this method returns.
	 * @param payload text, {@code byte[]}, {@link java.nio.ByteBuffer} (its remaining
	 * bytes), or what a converter of the server writes
	 * @return completes when the operating system has taken the last byte, or fails when
	 * it never will: with {@link OutboundFullException} if the session has too much
	 * unsent output and {@link OutboundOverflow} does not say otherwise, with
	 * {@link java.io.InterruptedIOException} if the thread was interrupted while it
	 * waited for room, with {@link SessionClosedException} if it is closed or the
	 * connection is lost. It completes off the I/O threads, so a handler may wait for it;
	 * in {@link ExecutionMode#EVENT_LOOP} waiting would block an I/O thread and throws
	 * {@link IllegalStateException}
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	CompletableFuture<@Nullable Void> send(Object payload);

	/**
	 * Sends a payload as one frame, like {@link #send(Object)}, and reports the outcome
	 * to a callback. The callback runs exactly once, serially with the handler's calls:
	 * after the current one, in the order of the sends, and before {@code closed}, unless
	 * the send itself came after that. Only that a send was refused or dropped is
	 * reported at once, whatever is still to be reported of sends before it. A callback
	 * that sends again whenever a send failed would keep a session whose connection is
	 * lost from ending.
	 * @param payload what to send
	 * @param callback is given {@code null} when the operating system has taken the last
	 * byte, else the failure
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	void send(Object payload, Consumer<@Nullable Throwable> callback);

	/**
	 * Sends a payload as one frame, like {@link #send(Object)}, but never waits for room:
	 * where {@link OutboundOverflow#BLOCK} would, it fails with
	 * {@link OutboundFullException}.
	 * @param payload what to send
	 * @return the outcome; a refusal is there when this method returns
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing
	 */
	CompletableFuture<@Nullable Void> trySend(Object payload);

	/**
	 * Ends the output: the peer sees the end of the stream behind everything sent before.
	 * What the peer sends is still handled. Later sends fail.
	 */
	void shutdownOutput();

	/**
	 * Closes the session in good order: what was accepted for sending leaves first, later
	 * sends fail, and no further frame reaches the handler. Where the handler calls it
	 * while it handles a frame, what that call returns leaves too, unless somebody else
	 * closes the session as well. Otherwise calling it again has no effect. Unread input
	 * does not destroy what is still on its way to the peer.
	 */
	void close();

	/**
	 * Closes the session with the given status; otherwise like {@link #close()}.
	 * @param status the status, if the session is not closing yet
	 */
	void close(CloseStatus status);

	/**
	 * Drops the connection at once, with what is unsent: the peer sees a reset.
	 */
	void abort();

	/**
	 * Returns how the session ends.
	 * @return completes after the handler was told, with the status; cancelling it has no
	 * effect on the session
	 */
	CompletableFuture<CloseStatus> closed();

	/**
	 * Asks the handler what people and tools should know about the session. It is asked
	 * serially with its other calls, so a handler that is busy answers late.
	 * @return completes, off the I/O threads, with what the handler tells, which is
	 * nothing for handlers that tell nothing and once the session has ended; fails with
	 * what the handler throws
	 */
	CompletableFuture<Map<String, @Nullable Object>> details();

	/**
	 * Returns a snapshot for people and tools. It reads memory only.
	 * @return the snapshot
	 */
	SessionInfo info();

}
