package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What a session sends for its handler, its application and its client, and the requests
 * that wait for replies.
 */
abstract class SendingSession extends SessionParts {

	private static final SafeLogger logger = SafeLogger.of(Session.class);

	/** Absent until there is one; made under the session's monitor. */
	private volatile @Nullable SendCallbacks callbacks;

	private SessionBindings.@Nullable Held held;

	SendingSession(SessionContext context, Connection connection, InetSocketAddress remoteAddress,
			InetSocketAddress localAddress, LaneScheduler scheduler, LoopScratch scratch) {
		super(context, connection, remoteAddress, localAddress, scheduler, scratch);
	}

	@Override
	public final boolean awaitCallbacks(Runnable then) {
		SendCallbacks added = this.callbacks;
		return added != null && added.await(then);
	}

	@Override
	public final boolean reply(Object payload) {
		// A reply that is flushed at once does not leave at once: the loop takes up all
		// replies that are there when it comes to them. So fast replies leave together,
		// and none waits for the next call, which may be slow.
		boolean later = this.invoker.flushesLater();
		Object outgoing = this.context.payloads().reply(payload);
		boolean sent = (later && connection().isLoop()) ? this.outbox.addOnLoop(outgoing)
				: this.outbox.addReply(outgoing, !later);
		if (!sent) {
			logger.debug("Session {}: a reply was dropped, the output had ended before it", id());
		}
		return sent;
	}

	@Override
	public final CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		admit(this.context.payloads().outgoing(payload), future);
		return future;
	}

	@Override
	public final void send(Object payload, Consumer<@Nullable Throwable> callback) {
		Objects.requireNonNull(callback, "callback");
		Object outgoing = this.context.payloads().outgoing(payload);
		SendCallbacks callbacks = callbacks();
		Completion completion = callbacks.add(callback);
		try {
			admit(outgoing, completion);
		}
		catch (Throwable ex) {
			// The framing refuses the payload, or there is no memory.
			callbacks.dropped();
			throw ex;
		}
	}

	private SendCallbacks callbacks() {
		SendCallbacks made = this.callbacks;
		if (made == null) {
			synchronized (this) {
				made = this.callbacks;
				if (made == null) {
					made = new SendCallbacks(this, this.invoker);
					this.callbacks = made;
				}
			}
		}
		return made;
	}

	@Override
	public final CompletableFuture<Object> ask(Object payload, Duration timeout) {
		Objects.requireNonNull(timeout, "timeout");
		if (!(spec().handler() instanceof ServerHandler.Messages) || spec().unframed()) {
			throw new IllegalStateException("Session " + id()
					+ " cannot ask: its handler reads the connection itself, and would get the reply");
		}
		Object outgoing = this.context.payloads().outgoing(payload);
		CompletableFuture<Object> reply = requests().ask(payload, timeout, (completion) -> admit(outgoing, completion));
		if (!isReading()) {
			connection().execute(this.deframer::replyExpected);
		}
		return reply;
	}

	/**
	 * Asks on behalf of who has only bytes, and wants bytes. A correlator gets what a
	 * handler would get of them.
	 * @param payload the payload
	 * @param timeout how long to wait for the reply
	 * @return the reply; fails as {@link #ask} does, and as that throws
	 */
	public final CompletableFuture<byte[]> askBytes(byte[] payload, Duration timeout) {
		try {
			Object asked = payload;
			if (this.context.requests().correlator() != null
					&& spec().handler() instanceof ServerHandler.Messages messages) {
				asked = messages.input().read(payload, 0, payload.length);
			}
			return ask(asked, timeout).thenApply(this.context.payloads()::bytes);
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private SessionRequests requests() {
		SessionRequests made = this.requests;
		if (made == null) {
			synchronized (this) {
				made = this.requests;
				if (made == null) {
					RequestContext shared = this.context.requests();
					made = requests(new PendingRequests(shared.correlator(), shared.statistics()), false);
				}
			}
		}
		return made;
	}

	/**
	 * Has requests find their replies among those of others, who end their wait, too.
	 * Before the session opens.
	 * @param pending the requests that wait on the connection
	 */
	public final void share(PendingRequests pending) {
		requests(pending, true);
	}

	private SessionRequests requests(PendingRequests pending, boolean shared) {
		PayloadConverter<?> input = spec().handler().input();
		SessionRequests made = new SessionRequests(this, this.context.requests(), pending, shared,
				Payloads.builtIn(input) ? null : input,
				spec().execution().mode().resolve() == SessionSpec.ExecutionMode.EVENT_LOOP);
		this.deframer.takeReplies(made);
		this.requests = made;
		return made;
	}

	private void admit(Object payload, Completion completion) {
		this.outbox.send(payload, completion, !this.invoker.flushesLater());
	}

	@Override
	public final CompletableFuture<@Nullable Void> trySend(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		this.outbox.offer(this.context.payloads().outgoing(payload), future, !this.invoker.flushesLater());
		return future;
	}

	/**
	 * Sends bytes as one frame, without reporting the outcome. It never waits: where
	 * sends wait for room, this one is refused.
	 * @param payload the payload
	 * @return whether the session took it
	 */
	public final boolean offer(byte[] payload) {
		return this.outbox.offer(payload, null, !this.invoker.flushesLater());
	}

	/**
	 * Sends bytes as one frame, however much waits: who calls this has limits of its own.
	 * Any thread; never waits.
	 * @param payload the payload, which nobody changes any more
	 * @param completion is notified of the outcome, unless this returns {@code false}
	 * @return whether the session took it; not if it has ended its output
	 */
	public final boolean deliver(byte[] payload, Completion completion) {
		return this.outbox.add(payload, completion, true);
	}

	@Override
	public final void shutdownOutput() {
		this.outbox.shutdownOutput();
	}

	/**
	 * Returns what {@link SessionBindings} keep with the session. Under its monitor.
	 * @return what it has, or {@code null}
	 */
	public final SessionBindings.@Nullable Held held() {
		return this.held;
	}

	/**
	 * Sets what {@link SessionBindings} keep with the session. Under its monitor.
	 * @param held what it has, or {@code null}
	 */
	public final void held(SessionBindings.@Nullable Held held) {
		this.held = held;
	}

}
