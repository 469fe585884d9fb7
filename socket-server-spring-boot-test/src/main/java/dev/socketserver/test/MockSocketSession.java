package dev.socketserver.test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseStatus;
import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.framing.Framing;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spi.IdText;
import org.jspecify.annotations.Nullable;

/**
 * A session without a server, for tests that call a handler themselves. It keeps what is
 * sent, and has no threads, limits, framing or time: what is sent has left at once,
 * callbacks run at once, and requests wait until the test {@linkplain #answer answers}
 * them. Identities that other sessions have are {@linkplain #taken registered} with it.
 * Safe for use by several threads.
 */
public final class MockSocketSession implements SocketSession {

	private final String server;

	private final List<String> args;

	private final Instant openedAt = Instant.now();

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();

	/** Absent unless the session has the handler of a server. */
	private final @Nullable MockCalls calls;

	// Guarded by this.

	private final List<Object> sent = new ArrayList<>();

	private final ArrayDeque<CompletableFuture<Object>> asked = new ArrayDeque<>();

	private final Map<String, List<String>> bound = new LinkedHashMap<>();

	private final Set<String> taken = new LinkedHashSet<>();

	private final Set<String> groups = new LinkedHashSet<>();

	private final List<String> offences = new ArrayList<>();

	private @Nullable Principal principal;

	private @Nullable Framing framing;

	private @Nullable CloseStatus status;

	private boolean readsPaused;

	private boolean outputEnded;

	/** Creates an open session of the server {@code test}. */
	public MockSocketSession() {
		this("test");
	}

	/**
	 * Creates an open session.
	 * @param server the name of its server
	 * @param args the arguments of its server
	 */
	public MockSocketSession(String server, String... args) {
		this.server = server;
		this.args = List.of(args);
		this.calls = null;
	}

	private MockSocketSession(ServerSpec spec) {
		this.server = spec.name();
		this.args = spec.session().args();
		this.calls = new MockCalls(this, spec.session());
	}

	/**
	 * Creates an open session of a server, which need not be started: the test
	 * {@linkplain #handle hands} frames to it, and the server's handler is called with
	 * them, with all that is around it: discriminator, converters, validation, resolvers,
	 * interceptors and advices. The handler is notified of the beginning of the session
	 * at once, and of its end when the session is closed.
	 * @param server the server; its handler must not read the connection itself, as
	 * stream and conversation handlers do
	 * @return the session
	 * @throws IllegalArgumentException if the handler reads the connection itself
	 */
	public static MockSocketSession of(SocketServer server) {
		MockSocketSession session = new MockSocketSession(server.spec());
		session.calls().open();
		return session;
	}

	/**
	 * Hands a frame to the handler, as if the peer had sent it, and waits until the
	 * handler is done with it. Replies are then among what was {@linkplain #sent sent},
	 * as the handler has returned them. If a failure is not answered, the session
	 * {@linkplain #status closes}, as it does on a server.
	 * @param frame the text of the frame, without delimiters, in the charset of the
	 * server
	 * @return this session
	 * @throws IllegalStateException if the session has no handler, or is closed
	 */
	public MockSocketSession handle(String frame) {
		calls().handle(frame);
		return this;
	}

	/**
	 * As {@link #handle(String)}.
	 * @param frame the bytes of the frame, without delimiters
	 * @return this session
	 * @throws IllegalStateException if the session has no handler, or is closed
	 */
	public MockSocketSession handle(byte[] frame) {
		calls().handle(frame);
		return this;
	}

	private MockCalls calls() {
		if (this.calls == null) {
			throw new IllegalStateException("The session has no handler: create it with MockSocketSession.of(server)");
		}
		return this.calls;
	}

	/**
	 * Returns what was sent, with requests, in that order.
	 * @return the payloads, as they were given
	 */
	public synchronized List<Object> sent() {
		return List.copyOf(this.sent);
	}

	/**
	 * Answers the oldest request that waits.
	 * @param reply the reply
	 * @return this session
	 * @throws AssertionError if none waits
	 */
	public MockSocketSession answer(Object reply) {
		oldest().complete(reply);
		return this;
	}

	/**
	 * Fails the oldest request that waits, with a
	 * {@link java.util.concurrent.TimeoutException} for example.
	 * @param failure what it fails with
	 * @return this session
	 * @throws AssertionError if none waits
	 */
	public MockSocketSession answer(Exception failure) {
		oldest().completeExceptionally(failure);
		return this;
	}

	private CompletableFuture<Object> oldest() {
		synchronized (this) {
			while (!this.asked.isEmpty()) {
				CompletableFuture<Object> oldest = this.asked.remove();
				if (!oldest.isDone()) {
					return oldest;
				}
			}
		}
		throw new AssertionError("Expected a request that waits for its reply, but there is none");
	}

	/**
	 * Has another session have an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return this session
	 */
	public synchronized MockSocketSession taken(String type, String id) {
		this.taken.add(type + ':' + id);
		return this;
	}

	/**
	 * Returns the framing that the handler has changed to.
	 * @return the framing, or {@code null} if it has not
	 */
	public synchronized @Nullable Framing framing() {
		return this.framing;
	}

	/**
	 * Returns how the session was closed.
	 * @return the status, or {@code null} while it is open
	 */
	public synchronized @Nullable CloseStatus status() {
		return this.status;
	}

	/**
	 * Returns whether the output was ended, or the session closed.
	 * @return {@code false} while the handler may send
	 */
	public synchronized boolean isOutputEnded() {
		return this.outputEnded;
	}

	@Override
	public String id() {
		return this.server + "-1";
	}

	@Override
	public String server() {
		return this.server;
	}

	/** The name of the place that each server has. */
	@Override
	public String listener() {
		return ListenerSpec.MAIN;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
	}

	@Override
	public InetSocketAddress localAddress() {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_000);
	}

	@Override
	public Instant openedAt() {
		return this.openedAt;
	}

	@Override
	public List<String> args() {
		return this.args;
	}

	@Override
	public Map<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public synchronized @Nullable Principal principal() {
		return this.principal;
	}

	@Override
	public synchronized void authenticate(Principal principal) {
		checkUsable("The name of a principal", principal.getName());
		this.principal = principal;
	}

	private static void checkUsable(String what, @Nullable String text) {
		String problem = (text != null) ? IdText.problem(text) : null;
		if (problem != null) {
			throw new IllegalArgumentException(what + " must not have " + problem);
		}
	}

	@Override
	public synchronized boolean bind(String type, String id, BindPolicy policy) {
		checkUsable("The type of an identity", type);
		checkUsable("An identity", id);
		if (this.status != null || (policy == BindPolicy.REJECT && this.taken.contains(type + ':' + id))) {
			return false;
		}
		List<String> ids = this.bound.computeIfAbsent(type, (key) -> new ArrayList<>());
		if (!ids.contains(id)) {
			ids.add(id);
		}
		return true;
	}

	@Override
	public synchronized boolean unbind(String type, String id) {
		List<String> ids = this.bound.get(type);
		boolean was = ids != null && ids.remove(id);
		if (ids != null && ids.isEmpty()) {
			this.bound.remove(type);
		}
		return was;
	}

	@Override
	public synchronized OptionalLong token(String type, String id) {
		return this.bound.getOrDefault(type, List.of()).contains(id) ? OptionalLong.of(1) : OptionalLong.empty();
	}

	@Override
	public synchronized void join(String group) {
		this.groups.add(group);
	}

	@Override
	public synchronized void leave(String group) {
		this.groups.remove(group);
	}

	@Override
	public synchronized void pauseReads() {
		this.readsPaused = true;
	}

	@Override
	public synchronized void resumeReads() {
		this.readsPaused = false;
	}

	@Override
	public synchronized void framing(Framing framing) {
		this.framing = framing;
	}

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SessionClosedException refusal = add(payload);
		return (refusal != null) ? CompletableFuture.failedFuture(refusal) : CompletableFuture.completedFuture(null);
	}

	@Override
	public void send(Object payload, Consumer<@Nullable Throwable> callback) {
		callback.accept(add(payload));
	}

	@Override
	public CompletableFuture<@Nullable Void> trySend(Object payload) {
		return send(payload);
	}

	@Override
	public synchronized CompletableFuture<Object> ask(Object payload, Duration timeout) {
		SessionClosedException refusal = add(payload);
		if (refusal != null) {
			return CompletableFuture.failedFuture(refusal);
		}
		CompletableFuture<Object> reply = new CompletableFuture<>();
		this.asked.add(reply);
		return reply;
	}

	private synchronized @Nullable SessionClosedException add(Object payload) {
		if (this.outputEnded) {
			return new SessionClosedException(id(), this.status, null);
		}
		this.sent.add(payload);
		return null;
	}

	/** Sends a reply, also that of the call in which the handler closes the session. */
	synchronized void reply(Object payload) {
		if (this.status != null || !this.outputEnded) {
			this.sent.add(payload);
		}
	}

	@Override
	public synchronized void shutdownOutput() {
		this.outputEnded = true;
	}

	@Override
	public void close(CloseStatus status) {
		List<CompletableFuture<Object>> waiting;
		synchronized (this) {
			if (this.status != null) {
				return;
			}
			this.status = status;
			this.outputEnded = true;
			waiting = List.copyOf(this.asked);
			this.asked.clear();
		}
		waiting.forEach((reply) -> reply.completeExceptionally(new SessionClosedException(id(), status, null)));
		this.closed.complete(status);
		if (this.calls != null) {
			this.calls.closed();
		}
	}

	@Override
	public void abort() {
		close();
	}

	@Override
	public CompletableFuture<CloseStatus> closed() {
		return this.closed.copy();
	}

	@Override
	public synchronized SessionInfo info() {
		int waiting = (int) this.asked.stream().filter((reply) -> !reply.isDone()).count();
		return new SessionInfo((this.status != null) ? SessionInfo.State.CLOSED : SessionInfo.State.OPEN, 0, 0, 0,
				this.sent.size(), 0, 0, 0, this.readsPaused, Duration.ZERO, this.bound, List.copyOf(this.groups),
				waiting, List.of(), this.status);
	}

	@Override
	public String toString() {
		return id();
	}

	@Override
	public synchronized void offence(String reason) {
		this.offences.add(reason);
	}

	/**
	 * Returns the offences and failed logins that were reported.
	 * @return their reasons, in order
	 */
	public synchronized List<String> offences() {
		return List.copyOf(this.offences);
	}

	/** Keeps the reason beside those of offences. */
	@Override
	public synchronized void loginFailed(String reason) {
		this.offences.add(reason);
	}

	/** Only reads the rates: a session without a network has none. */
	@Override
	public void rate(@Nullable String messages, @Nullable String bytes) {
		if (messages != null) {
			Rate unused = Rate.messages(messages);
		}
		if (bytes != null) {
			Rate unused = Rate.bytes(bytes);
		}
	}

}
