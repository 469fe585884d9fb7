package dev.socketserver.engine.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.requests.KeyInUseException;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.ReplyReading;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.ExecutionMode;
import org.jspecify.annotations.Nullable;

/**
 * What one session sends beside the replies of its handler: sends with callbacks,
 * requests that wait for replies, and the farewell. Made with the first of these, so that
 * other sessions have none of it. Any thread.
 */
public final class SessionSends {

	private static final byte[] NOTHING = {};

	private final Payloads payloads;

	private final RequestContext requestContext;

	private final InvokedSession session;

	private final Invoker invoker;

	/** Absent until there is one; made under this object's monitor. */
	private volatile @Nullable SendCallbacks callbacks;

	/** Absent until there is one; made under this object's monitor. */
	private volatile @Nullable SessionRequests requests;

	/**
	 * What is sent before the session closes because it was asked to end in its turn;
	 * {@link #NOTHING} if nothing is, or if a farewell was said before. Absent until one
	 * of the two is settled. Guarded by this object's monitor.
	 */
	private byte @Nullable [] farewell;

	SessionSends(Payloads payloads, RequestContext requestContext, InvokedSession session, Invoker invoker) {
		this.payloads = payloads;
		this.requestContext = requestContext;
		this.session = session;
		this.invoker = invoker;
	}

	// Sends.

	/** Sends a payload, and calls back on the lane with the outcome. */
	void send(Object payload, Consumer<@Nullable Throwable> callback) {
		Object outgoing = this.payloads.outgoing(payload);
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

	private void admit(Object payload, Completion completion) {
		this.session.outbox().send(payload, completion, !this.invoker.flushesLater());
	}

	/** Does so without waiting for room, whatever the overflow policy. */
	private void tryAdmit(Object payload, Completion completion) {
		this.session.outbox().offer(payload, completion, !this.invoker.flushesLater());
	}

	/** Sends bytes on behalf of who has a time for them. */
	CompletableFuture<@Nullable Void> sendBytes(byte[] payload, Duration timeout, Duration leave, Executor executor) {
		SendFuture sent = new SendFuture(executor);
		new TimedSend(this.session, this.requestContext.timer(), sent).begin(payload, !this.invoker.flushesLater(),
				timeout, leave);
		return sent;
	}

	private SendCallbacks callbacks() {
		SendCallbacks made = this.callbacks;
		return (made != null) ? made : makeCallbacks();
	}

	private synchronized SendCallbacks makeCallbacks() {
		if (this.callbacks == null) {
			this.callbacks = new SendCallbacks(this.session, this.invoker);
		}
		return this.callbacks;
	}

	/** Lets callbacks run before the handler is notified of the end. On the lane. */
	boolean awaitCallbacks(Runnable then) {
		SendCallbacks added = this.callbacks;
		return added != null && added.await(then);
	}

	// Requests.

	/** Sends a request, and reads its reply as the handler does. */
	CompletableFuture<Object> ask(Object payload, Duration timeout) {
		return ask(payload, (ReplyReading) null, timeout);
	}

	/** Sends a request, and reads its reply as a type. */
	@SuppressWarnings("unchecked") // what was read is of that type
	<T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return (CompletableFuture<T>) ask(payload, ReplyReading.as(reply, this.payloads), timeout);
	}

	private CompletableFuture<Object> ask(Object payload, @Nullable ReplyReading reading, Duration timeout) {
		Object outgoing = this.payloads.outgoing(payload);
		return ask(payload, outgoing, reading, timeout, timeout, false, (completion) -> admit(outgoing, completion));
	}

	private CompletableFuture<Object> ask(Object payload, Object outgoing, @Nullable ReplyReading reading,
			Duration timeout, Duration leave, boolean saysUnsent, Consumer<Completion> sender) {
		if (!(this.session.spec().handler() instanceof ServerHandler.Messages) || this.session.spec().unframed()) {
			throw new IllegalStateException("Session " + this.session.id()
					+ " cannot ask: its handler reads the connection itself, and would get the reply");
		}
		CompletableFuture<Object> reply = requests().ask(payload, outgoing, reading, timeout, leave, saysUnsent,
				sender);
		this.session.input().replyExpected();
		return reply;
	}

	/**
	 * Asks on behalf of who has only bytes, and no thread that may wait for room: without
	 * room the request is refused, whatever the overflow policy. A correlator gets what a
	 * handler would get of the bytes.
	 * @param payload the payload
	 * @param type the type of the reply; {@code null} for what the handler takes
	 * @param timeout how long to wait for the reply
	 * @param leave how long it may wait until it begins to leave
	 * @param saysUnsent whether it fails with a {@link RequestNotSentException} if the
	 * session ends and nothing of it has left, or another request with its key waits
	 * @param <T> the type of the reply
	 * @return the reply; fails as {@code ask} of the session does, and as that throws
	 */
	@SuppressWarnings("unchecked") // what was read is of that type
	public <T> CompletableFuture<T> askBytes(byte[] payload, @Nullable Class<T> type, Duration timeout, Duration leave,
			boolean saysUnsent) {
		try {
			Object asked = payload;
			if (this.requestContext.correlator() != null
					&& this.session.spec().handler() instanceof ServerHandler.Messages messages) {
				asked = asHandled(messages.input(), payload);
			}
			ReplyReading reading = (type != null) ? ReplyReading.as(type, this.payloads) : null;
			return (CompletableFuture<T>) ask(asked, payload, reading, timeout, leave, saysUnsent,
					(completion) -> tryAdmit(payload, completion));
		}
		catch (KeyInUseException ex) {
			return CompletableFuture.failedFuture(saysUnsent ? unsent(ex) : ex);
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/** It says that it can be asked again, as one that has waited in vain does. */
	private static RequestNotSentException unsent(KeyInUseException cause) {
		RequestNotSentException unsent = new RequestNotSentException("The request was not sent");
		unsent.initCause(cause);
		return unsent;
	}

	private static Object asHandled(PayloadConverter<?> input, byte[] payload) {
		PayloadConverter<?> replies = Payloads.ofReplies(input);
		try {
			return ((replies != null) ? replies : input).read(payload, 0, payload.length);
		}
		catch (Exception ex) {
			throw new IllegalArgumentException(
					"The correlator cannot be called: the converter threw " + ex.getClass().getName(), ex);
		}
	}

	/** Returns the requests, or {@code null} if there was none. */
	@Nullable SessionRequests asked() {
		return this.requests;
	}

	private SessionRequests requests() {
		SessionRequests made = this.requests;
		return (made != null) ? made : makeRequests();
	}

	private synchronized SessionRequests makeRequests() {
		SessionRequests present = this.requests;
		if (present != null) {
			return present;
		}
		SessionRequests made = requests(new PendingRequests(this.requestContext), false);
		// The input may have ended when there was nothing yet that fails with it.
		this.session.state().connection().execute(() -> {
			if (this.session.input().deframer().discards()) {
				made.close();
			}
		});
		return made;
	}

	/**
	 * Has requests find their replies among those of others, who end their wait, too.
	 * Before the session opens.
	 * @return the requests that wait on the connection
	 */
	public PendingRequests share() {
		PendingRequests pending = new PendingRequests(this.requestContext);
		requests(pending, true);
		return pending;
	}

	private SessionRequests requests(PendingRequests pending, boolean shared) {
		SessionSpec spec = this.session.spec();
		PayloadConverter<?> input = spec.handler().input();
		SessionRequests made = new SessionRequests(this.session, this.requestContext, pending, shared,
				Payloads.ofReplies(input), spec.execution().mode().resolve() == ExecutionMode.EVENT_LOOP);
		this.session.input().deframer().takeReplies(made);
		this.requests = made;
		return made;
	}

	// The farewell.

	/**
	 * Returns the bytes of a payload.
	 * @param payload the payload
	 * @return the bytes, in the charset of the session
	 */
	public byte[] bytes(Object payload) {
		return this.payloads.bytes(payload);
	}

	/**
	 * Decides what is sent when the session ends in its turn, after the replies, unless
	 * that is decided.
	 * @param payload the payload, or {@code null} for nothing
	 */
	public synchronized void farewellInTurn(byte @Nullable [] payload) {
		if (this.farewell == null && this.session.end().handlesMore()) {
			this.farewell = (payload != null) ? payload : NOTHING;
		}
	}

	/**
	 * Sends a farewell, once, if there is room for it and the session is not ending: a
	 * peer that does not read is not waited for.
	 * @param payload the payload
	 */
	public void farewell(byte[] payload) {
		synchronized (this) {
			if (this.farewell != null || !this.session.end().handlesMore()) {
				return;
			}
			this.farewell = NOTHING;
		}
		this.session.outbox().addIfRoom(payload);
	}

	/** Sends the farewell, if there is one, after everything that was sent before. */
	void sayFarewell() {
		byte[] payload;
		synchronized (this) {
			payload = this.farewell;
			if (payload == null || payload == NOTHING) {
				return;
			}
			this.farewell = NOTHING;
		}
		try {
			// Room or not: nothing is added after it.
			this.session.outbox().add(payload, null);
		}
		catch (Throwable ex) {
			// A framing may refuse it with any exception, which must not keep the session
			// from ending.
			this.session.logFailure("farewells could not be sent", "the farewell could not be sent", ex);
		}
	}

}
