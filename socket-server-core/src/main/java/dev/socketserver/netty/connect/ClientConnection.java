package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.engine.client.ClientLink;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.received.ReceivingHandler;
import dev.socketserver.engine.requests.CorrelatedHandler;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.netty.channel.SessionHost;
import dev.socketserver.netty.resources.SessionWatch;
import dev.socketserver.netty.tls.ClientTls;
import dev.socketserver.netty.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client to connect, and the connection that it leads to, which has one
 * session. The name of the host is resolved anew for each attempt; its addresses are
 * tried one after the other, each with its share of the time that is left. The first to
 * {@link #claim} the outcome of the attempt decides it; what connects afterwards is
 * closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class ClientConnection implements SessionHost, ClientLink, SessionListener {

	/**
	 * How long the handler of the previous connection may hold up the payloads that wait
	 * to be sent.
	 */
	private static final int HELD_UP_SECONDS = 1;

	private final Owner client;

	private final ClientRun run;

	private final int number;

	private final PendingRequests asks;

	private final SessionContext context;

	private final CompletableFuture<?> before;

	private final Succession succession;

	/**
	 * Completes when the session has ended and its handler was told, if there was one.
	 */
	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private final long deadline;

	private @Nullable Future<?> timer;

	/** What the attempt is waiting for, to be told if it takes too long. */
	private volatile String awaited = "the addresses of its host";

	/** The outcome of the attempt is settled. Guarded by this. */
	private boolean settled;

	/** See {@link #nextAddress()}. */
	private volatile int nextAddress;

	/** Whether its time was up before it had an outcome. Guarded by this. */
	private boolean late;

	/** The channel that is connecting. Guarded by this. */
	private @Nullable Channel connecting;

	private volatile @Nullable Session session;

	private @Nullable SessionWatch watch;

	/** Set before there is a session. */
	private @Nullable EventLoop loop;

	/** The connection is gone. On the loop. */
	private boolean lost;

	/** Whether what waits in the client is sent here. On the loop. */
	private boolean attached;

	/**
	 * Creates an attempt.
	 * @param client is told what becomes of it
	 * @param run what the client's connections share
	 * @param number tells with which of the addresses it begins, so that one that does
	 * not answer, or closes at once, is not the first for ever
	 * @param before completes when the handler of the connection before has been told its
	 * end
	 */
	ClientConnection(Owner client, ClientRun run, int number, CompletableFuture<?> before) {
		this.client = client;
		this.run = run;
		this.number = number;
		this.nextAddress = number + 1;
		this.before = before;
		this.deadline = System.nanoTime() + run.spec().connectTimeout().toNanos();
		this.asks = new PendingRequests(run.spec().correlator(), run.ledger());
		SessionSpec spec = run.spec().session();
		this.succession = new Succession(before, run.threads(), run.engine().background());
		this.context = new SessionContext(spec.with(handler(spec.handler())), run.payloads(), run.ledger(), this,
				run.sessions(), this.succession, run.engine().background(), run.engine().memory(), this::sessionEnded,
				new RequestContext(run.spec().correlator(), run.ledger(), run.engine().background(),
						run.engine().timer()),
				run.diagnostics());
	}

	private ServerHandler handler(ServerHandler given) {
		if (!(given instanceof ServerHandler.Messages messages)) {
			return given;
		}
		boolean byHand = this.run.spec().byHand();
		return new ServerHandler.Messages(messages.name(), messages.input(), messages.bytesAsTheyCome(),
				(spec) -> new CorrelatedHandler(this.run.spec().correlator(), this.run.ledger(),
						byHand ? new ReceivingHandler(this.run.received())
								: messages.sessions().apply(this.run.spec().session()),
						this::attach));
	}

	// The attempt.

	/** Begins, once. */
	void begin() {
		String host = this.run.spec().host();
		this.timer = this.run.engine()
			.timer()
			.schedule(
					() -> failed(ConnectFailure.TIMEOUT, new ConnectTimeoutException("not connected within "
							+ this.run.spec().connectTimeout().toMillis() + " ms: it was waiting for " + this.awaited)),
					left(), TimeUnit.NANOSECONDS);
		this.run.resolver().resolve(host).whenComplete((addresses, failure) -> {
			if (failure != null) {
				Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
				failed(ConnectFailure.UNKNOWN_HOST, (cause instanceof UnknownHostException)
						? new UnknownHostException("unknown host " + host) : failure);
			}
			else if (prepareTls()) {
				connect(addresses, 0);
			}
		});
	}

	/** Returns whether there is what TLS needs. Not on a loop. */
	private boolean prepareTls() {
		ClientTls tls = this.run.tls();
		try {
			if (tls != null) {
				tls.prepare();
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			failed(ConnectFailure.TLS, ex);
			return false;
		}
	}

	private long left() {
		return Math.max(0, this.deadline - System.nanoTime());
	}

	/** Connected, and not secured yet. */
	void securing() {
		this.awaited = "the end of the TLS handshake";
	}

	/** Tries one address, and the next if that fails. */
	private void connect(List<InetAddress> addresses, int tried) {
		InetAddress address = addresses.get(Math.floorMod(this.number + tried, addresses.size()));
		long share = TimeUnit.NANOSECONDS.toMillis(left()) / (addresses.size() - tried);
		InetSocketAddress server;
		ChannelFuture connecting;
		synchronized (this) {
			if (this.settled) {
				return;
			}
			try {
				Bootstrap bootstrap = this.run.bootstrap()
					.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, Math.min(share, Integer.MAX_VALUE)))
					.handler(new ClientHandshake(this, this.run));
				server = new InetSocketAddress(address, port());
				this.awaited = "an answer from " + Addresses.format(server);
				connecting = bootstrap.connect(server);
			}
			catch (RuntimeException | Error ex) {
				this.run.engine().timer().execute(() -> failed(ConnectFailure.OTHER, ex));
				return;
			}
			this.connecting = connecting.channel();
		}
		connecting.addListener((future) -> {
			if (future.isSuccess()) {
				this.nextAddress = this.number + tried + 1;
				return;
			}
			if (tried + 1 < addresses.size()) {
				connect(addresses, tried + 1);
			}
			else {
				failed(reason(future.cause()), told(future.cause(), server));
			}
		});
	}

	/** Asked for each attempt: the port may be known only later, or change. */
	private int port() {
		int port = this.run.spec().portSupplier().getAsInt();
		if (port <= 0) {
			throw new IllegalStateException("the server's port is not known yet");
		}
		return port;
	}

	/**
	 * The failure to tell of. Of a host that cannot be reached, which a firewall may say
	 * as well, Netty's native transports tell no more than the class of the exception
	 * (4.2.18).
	 */
	private static Throwable told(Throwable cause, InetSocketAddress server) {
		if (!(cause instanceof NoRouteToHostException)) {
			return cause;
		}
		NoRouteToHostException told = new NoRouteToHostException("no route to host: " + Addresses.format(server));
		told.initCause(cause);
		return told;
	}

	private static ConnectFailure reason(@Nullable Throwable cause) {
		if (cause instanceof ConnectTimeoutException) {
			return ConnectFailure.TIMEOUT;
		}
		String message = (cause instanceof ConnectException) ? cause.getMessage() : null;
		return (message != null && message.contains("refused")) ? ConnectFailure.REFUSED : ConnectFailure.OTHER;
	}

	/** The attempt has failed, unless its outcome is settled. Any thread. */
	void failed(ConnectFailure reason, Throwable cause) {
		if (claim(null, reason == ConnectFailure.TIMEOUT)) {
			this.run.ledger().countFailed(reason);
			this.ended.complete(null);
			this.client.failed(this, cause);
		}
	}

	/**
	 * Gives the attempt up.
	 * @return whether it was still under way
	 */
	boolean cancel() {
		boolean first = claim(null, false);
		if (first) {
			this.run.ledger().countCancelled();
			this.ended.complete(null);
			this.client.cancelled(this);
		}
		return first;
	}

	/**
	 * Whether the outcome of the attempt is settled: it has led to a connection, has
	 * failed or was given up.
	 */
	synchronized boolean isSettled() {
		return this.settled;
	}

	/** Whether the attempt has taken too long. */
	synchronized boolean isLate() {
		return this.late;
	}

	/** Settles the outcome of the attempt; closes what is not meant to stay. */
	private boolean claim(@Nullable Channel connected, boolean late) {
		Channel other;
		synchronized (this) {
			if (this.settled) {
				return false;
			}
			this.settled = true;
			this.late = late;
			other = this.connecting;
			this.connecting = null;
		}
		Future<?> running = this.timer;
		if (running != null) {
			running.cancel(false);
		}
		// A channel that could not even be opened, for want of a descriptor for instance,
		// has no loop.
		if (other != null && other != connected && other.isOpen()) {
			Sockets.resetOnClose(other);
			other.close();
		}
		return true;
	}

	/**
	 * Connected, and secured if it is to be. On the loop.
	 * @return what becomes of it, or {@code null} if it comes too late
	 */
	@Nullable SessionChannel ready(SocketChannel channel) {
		if (!claim(channel, false)) {
			return null;
		}
		this.loop = channel.eventLoop();
		SessionChannel made = new SessionChannel(this, channel);
		channel.closeFuture().addListener(made);
		return made;
	}

	// The connection. On its loop, if nothing else is said.

	@Override
	public SessionContext sessionContext() {
		return this.context;
	}

	@Override
	public List<ConnectionCustomizer> customizers() {
		return this.run.customizers();
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.succession.lanes(this.run.threads().lanes(loop));
	}

	@Override
	public void opening(Session opened) {
		this.session = opened;
		opened.share(this.asks);
		this.run.ledger().countConnected();
		this.watch = new SessionWatch(this.context, this.run.engine().timer());
		this.client.connected(this, opened);
	}

	/** No session could be made. */
	@Override
	public void connectionEnded(boolean refused) {
		this.run.ledger().countFailed(ConnectFailure.OTHER);
		this.ended.complete(null);
		this.client.failed(this, new IOException("the connection was lost before it could be used"));
	}

	@Override
	public void disconnected(Session over) {
		this.lost = true;
		this.client.lost(this, over, over.lostStatus());
	}

	/**
	 * Whether payloads that wait in the client go on waiting until the handler has been
	 * told of the connection: it may have to send something before anything else, such as
	 * a login.
	 */
	boolean handlerIsFirst() {
		return !this.run.spec().byHand() && this.context.spec().handler() instanceof ServerHandler.Messages;
	}

	/**
	 * Does not wait for the handler longer than a moment: the handler of the previous
	 * connection, which this one waits for, may itself wait for those payloads to be
	 * sent.
	 */
	void attachIfHeldUp() {
		if (!this.before.isDone()) {
			this.run.engine().timer().schedule(() -> {
				if (!this.before.isDone()) {
					attach();
				}
			}, HELD_UP_SECONDS, TimeUnit.SECONDS);
		}
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
		if (!this.attached && !this.lost) {
			this.attached = true;
			this.client.attach(this);
		}
	}

	/** The handler has been told the end. Any thread. */
	private void sessionEnded() {
		SessionWatch looking = this.watch;
		if (looking != null) {
			looking.end();
		}
		Session over = this.session;
		this.asks.close(new SessionClosedException((over != null) ? over.id() : this.run.spec().name(),
				(over != null) ? over.info().closed() : null, null));
		this.ended.complete(null);
	}

	/** Completes when the attempt came to nothing, or its session has ended. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/** The number of the address behind the one that this has connected to, or tried. */
	int nextAddress() {
		return this.nextAddress;
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

	/** Ends the connection behind what is being sent, or cuts it in time. Any thread. */
	void close(CloseStatus status) {
		end(status, () -> sessionOrFail().close(status));
	}

	/** Ends the connection behind the current call of its handler too. Any thread. */
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
		cutAfter(this.run.spec().closeTimeout().toNanos(), status);
	}

	/** Cuts the connection if it lasts longer. Any thread. */
	void cutAfter(long nanos, CloseStatus status) {
		Future<?> later = this.run.engine()
			.timer()
			.schedule(() -> sessionOrFail().abort(status), nanos, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> later.cancel(false));
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
		this.run.engine().timer().execute(() -> sessionOrFail().abort(status));
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
