package dev.socketserver.netty.connect;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.engine.client.ClientLink;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.received.ReceivingHandler;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.resources.SessionWatch;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.netty.channel.SessionHost;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a client that an {@link ConnectAttempt attempt} leads to, which has
 * one session. Confined to its loop, if nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class ClientConnection extends ConnectAttempt implements SessionHost, ClientLink, SessionListener {

	/**
	 * How long the handler of the previous connection may hold up the payloads that wait
	 * to be sent.
	 */
	private static final int HELD_UP_SECONDS = 1;

	private final Owner client;

	private final PendingRequests asks;

	private final SessionContext context;

	private final CompletableFuture<?> before;

	private final Succession succession;

	private volatile @Nullable Session session;

	private @Nullable SessionWatch watch;

	/** Set before there is a session. */
	@Nullable EventLoop loop;

	/** Whether what waits in the client is sent here. On the loop. */
	private AttachState attachState = AttachState.NEW;

	/**
	 * Creates an attempt.
	 * @param client is notified of what becomes of it
	 * @param run what the client's connections share
	 * @param number determines with which of the addresses it begins, so that one that
	 * does not answer, or closes at once, is not the first for ever
	 * @param before completes when the handler of the connection before has been notified
	 * of its end
	 */
	ClientConnection(Owner client, ClientRun run, int number, CompletableFuture<?> before) {
		super(run, number);
		this.client = client;
		this.before = before;
		this.asks = new PendingRequests(run.spec().correlator(), run.counters());
		SessionSpec spec = run.spec().session();
		this.succession = new Succession(before, run.threads(), run.engine().background());
		this.context = new SessionContext(spec.with(handler(spec.handler())), run.payloads(), run.counters(), this,
				run.sessions(), this.succession, run.engine().background(), run.engine().memory(), this::sessionEnded,
				new RequestContext(run.spec().correlator(), run.counters(), run.engine().background(),
						run.engine().timer()),
				run.diagnostics());
	}

	private ServerHandler handler(ServerHandler given) {
		if (!run().spec().byHand() || !(given instanceof ServerHandler.Messages messages)) {
			return given;
		}
		return new ServerHandler.Messages(messages.name(), messages.input(), messages.bytesAsTheyCome(),
				(spec) -> new ReceivingHandler(run().received()));
	}

	@Override
	@Nullable SessionChannel ready(SocketChannel channel) {
		if (!claim(channel, AttemptState.CONNECTED)) {
			return null;
		}
		this.loop = channel.eventLoop();
		SessionChannel made = new SessionChannel(this, channel);
		channel.closeFuture().addListener(made);
		return made;
	}

	@Override
	void failed(Throwable cause) {
		this.client.failed(this, cause);
	}

	@Override
	void cancelled() {
		this.client.cancelled(this);
	}

	// The connection. On its loop, if nothing else is said.

	@Override
	public SessionContext sessionContext() {
		return this.context;
	}

	@Override
	public List<ConnectionCustomizer> customizers() {
		return run().customizers();
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.succession.lanes(run().threads().lanes(loop));
	}

	@Override
	public void opening(Session opened) {
		this.session = opened;
		opened.share(this.asks);
		run().counters().countConnected();
		this.watch = new SessionWatch(this.context, run().engine().timer());
		this.client.connected(this, opened);
	}

	/** No session could be made. */
	@Override
	public void connectionEnded(boolean refused) {
		run().counters().countFailed(ConnectFailure.OTHER);
		markEnded();
		this.client.failed(this, new IOException("the connection was lost before it could be used"));
	}

	@Override
	public void disconnected(Session over) {
		this.attachState = this.attachState.lost();
		this.client.lost(this, over, over.end().lostStatus());
	}

	/**
	 * Whether payloads that wait in the client go on waiting until the handler has been
	 * notified of the connection: it may have to send something before anything else,
	 * such as a login.
	 */
	boolean handlerIsFirst() {
		return !run().spec().byHand() && this.context.spec().handler() instanceof ServerHandler.Messages;
	}

	/**
	 * Does not wait for the handler longer than a moment: the handler of the previous
	 * connection, which this one waits for, may itself wait for those payloads to be
	 * sent.
	 */
	void attachIfHeldUp() {
		if (!this.before.isDone()) {
			run().engine().timer().schedule(() -> {
				if (!this.before.isDone()) {
					attach();
				}
			}, HELD_UP_SECONDS, TimeUnit.SECONDS);
		}
	}

	@Override
	public void handlerOpened(SocketSession opened) {
		attach();
	}

	/** Has the payloads that wait in the client sent here, from now on. Any thread. */
	void attach() {
		EventLoop on = this.loop;
		if (on == null) {
			throw new IllegalStateException("There is no connection yet");
		}
		if (on.inEventLoop()) {
			attachNow();
			return;
		}
		try {
			on.execute(this::attachNow);
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone, and the connection with them.
		}
	}

	private void attachNow() {
		AttachState before = this.attachState;
		this.attachState = before.attached();
		if (this.attachState != before) {
			this.client.attach(this);
		}
	}

	/** The handler has been notified of the end. Any thread. */
	private void sessionEnded() {
		SessionWatch ended = this.watch;
		if (ended != null) {
			ended.end();
		}
		Session over = this.session;
		this.asks.close(new SessionClosedException((over != null) ? over.id() : run().spec().name(),
				(over != null) ? over.info().closed() : null, null));
		markEnded();
	}

	/** Whether the attempt has led to a connection. */
	boolean hadSession() {
		return this.session != null;
	}

	/** Whether the calling thread is running user code of its session. */
	boolean runsHere() {
		Session open = this.session;
		return open != null && open.runsHere();
	}

	/** Ends the connection after what is being sent, or aborts it in time. Any thread. */
	void close(CloseStatus status) {
		end(status, () -> sessionOrFail().close(status));
	}

	/** Ends the connection after the current call of its handler too. Any thread. */
	void stop(CloseStatus status) {
		end(status, () -> sessionOrFail().stop(status));
	}

	private Session sessionOrFail() {
		Session open = this.session;
		if (open == null) {
			throw new IllegalStateException("There is no session yet");
		}
		return open;
	}

	private void end(CloseStatus status, Runnable begin) {
		begin.run();
		abortAfter(run().spec().closeTimeout().toNanos(), status);
	}

	/** Aborts the connection if it lasts longer. Any thread. */
	void abortAfter(long nanos, CloseStatus status) {
		Future<?> later = run().engine()
			.timer()
			.schedule(() -> sessionOrFail().abort(status), nanos, TimeUnit.NANOSECONDS);
		ended().whenComplete((result, failure) -> later.cancel(false));
	}

	// What the outbox asks for. Any thread.

	@Override
	public boolean deliver(byte[] payload, Completion completion) {
		return sessionOrFail().deliver(payload, completion);
	}

	@Override
	public PendingRequests asks() {
		return this.asks;
	}

	@Override
	public long pendingBytes() {
		return sessionOrFail().info().pendingBytes();
	}

	@Override
	public void slow() {
		CloseStatus status = CloseStatus.of(CloseReason.SLOW_CONSUMER,
				"more waits for the server than outbound.capacity or outbound.bytes allow");
		run().engine().timer().execute(() -> sessionOrFail().abort(status));
	}

	/** The client, which decides what follows. Called on any thread. */
	interface Owner {

		/** There is a session; its handler has not been called. On the loop. */
		void connected(ClientConnection from, Session opened);

		/** The attempt has failed. */
		void failed(ClientConnection from, Throwable cause);

		/** The attempt was given up. */
		void cancelled(ClientConnection from);

		/** What waits may be sent on this connection from now on. On the loop. */
		void attach(ClientConnection to);

		/**
		 * The connection is gone; it has given back what it had to send, or is about to.
		 * On the loop.
		 */
		void lost(ClientConnection from, Session over, CloseStatus status);

	}

}
