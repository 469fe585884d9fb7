package dev.socketserver.exchange.targets;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * Calls that go to the peer of a session. The session is not kept: while it is open, the
 * server has it.
 */
public final class SessionTarget implements Target {

	private final WeakReference<SocketSession> session;

	private final String id;

	private final @Nullable SessionSpec spec;

	/**
	 * Creates the object.
	 * @param session the session
	 * @param spec the specification of its server or client, if that is known
	 */
	public SessionTarget(SocketSession session, @Nullable SessionSpec spec) {
		this.session = new WeakReference<>(session);
		this.id = session.id();
		this.spec = spec;
	}

	/**
	 * Returns what frames the payloads of a session of a server.
	 * @param server the server
	 * @param session the session, whose listener may have a framing of its own
	 * @return the specification
	 */
	public static SessionSpec spec(SocketServer server, SocketSession session) {
		ListenerSpec listener = server.spec().listener(session.listener());
		return (listener != null) ? listener.session() : server.spec().session();
	}

	@Override
	public CompletableFuture<?> send(Object payload, @Nullable Duration ttl) {
		SocketSession open = this.session.get();
		return (open != null) ? Target.accepted(open.send(payload)) : CompletableFuture.failedFuture(ended());
	}

	@Override
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		SocketSession open = this.session.get();
		return (open != null) ? open.ask(payload, reply, timeout) : CompletableFuture.failedFuture(ended());
	}

	private SessionClosedException ended() {
		return new SessionClosedException(this.id, null, null);
	}

	@Override
	public List<SessionSpec> specs() {
		return (this.spec != null) ? List.of(this.spec) : List.of();
	}

	@Override
	public Stream<Encoding> encodings() {
		SocketSession open = this.session.get();
		if (open == null) {
			return Stream.empty();
		}
		// A session that is not one of the engine, as tests have it, sends as its server.
		return (open instanceof SessionOperations) ? Encoding.of(open) : specs().stream().map(Encoding::of);
	}

	@Override
	public String title() {
		return "session " + this.id;
	}

}
