package dev.socketserver.netty.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ListenerSpec;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.server.ListenerContext;
import dev.socketserver.engine.server.RunListener;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerPort;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.accept.Acceptor;
import dev.socketserver.netty.accept.PendingConnections;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.listen.Listener;
import dev.socketserver.netty.listen.ListenerResources;
import dev.socketserver.netty.listen.ListeningSocket;
import dev.socketserver.netty.listen.SocketBinder;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The port of one listener of a run on Netty: its socket, its gate, and what becomes of
 * connections before they are sessions. It is the host of the sessions. Any thread, if
 * nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class NettyServerPort implements ServerPort, Acceptor.Listening {

	private final ServerContext server;

	private final ListenerContext context;

	private final ListenerResources resources;

	private final SocketBinder binder;

	private final AcceptGate gate;

	private final ConnectionIntake intake;

	private final PendingConnections pending;

	/** What handshakes need, if there are any: that of the present settings. */
	private volatile @Nullable ServerTls tls;

	/** Whether nobody shakes hands any more. */
	private volatile boolean tlsClosed;

	/** Those that handlers ask for, if they may, or sessions may have begun that can. */
	private volatile @Nullable RequestedHandshakes handshakes;

	private final CompletableFuture<@Nullable Void> free = new CompletableFuture<>();

	/** Set when it is bound. */
	private volatile @Nullable RunListener owner;

	/** Set once bound. */
	private volatile @Nullable Listener listener;

	/**
	 * Creates the port of a listener.
	 * @param server what the run shares with others
	 * @param context what the listener shares with those of other runs
	 * @param gate whether connections are accepted
	 * @param intake which of them are admitted
	 * @param resources what it has taken
	 * @param binder binds the port
	 */
	NettyServerPort(ServerContext server, ListenerContext context, AcceptGate gate, ConnectionIntake intake,
			ListenerResources resources, SocketBinder binder) {
		this.server = server;
		this.context = context;
		this.resources = resources;
		this.binder = binder;
		this.gate = gate;
		this.intake = intake;
		ServerTls first = resources.tls();
		this.tls = first;
		PendingConnections.Stages stages = stages(context.spec(), first);
		this.pending = new PendingConnections(stages, intake);
		this.handshakes = (first != null && first.spec().mode() != TlsMode.IMMEDIATE) ? handshakes(first) : null;
	}

	private PendingConnections.Stages stages(ListenerSpec spec, @Nullable ServerTls handshakes) {
		return new PendingConnections.Stages(spec.proxyProtocol().mode(), this.server.counters(), handshakes);
	}

	@Override
	public void open(RunListener owner) {
		this.owner = owner;
		ListeningSocket bound = this.binder
			.bind((channel) -> channel.pipeline().addLast(new Acceptor(this, this.gate, this.intake, this.pending)));
		Listener opened = new Listener(this.context.spec(), this.gate, this.server.engine().timer(), bound,
				this.server.counters(), this.server.alarms());
		this.listener = opened;
		opened.portFree().thenRun(() -> {
			leaveTls(this.tls);
			this.free.complete(null);
			owner.portFree();
		});
	}

	@Override
	public Runnable reconfigured(ListenerSpec next) {
		ListenerSpec former = this.context.spec();
		ServerTls before = this.tls;
		Tls described = next.tls();
		boolean same = before == null || before.spec().equals(described);
		ServerTls made = (same || described == null) ? before : made(described);
		Listener current = this.listener;
		Runnable options = options(current, next);
		return () -> {
			options.run();
			if (made != null && made != before) {
				replaceTls(made);
			}
			PendingConnections.Stages stages = stages(next, made);
			if (made != null && (this.handshakes != null || made.spec().mode() != TlsMode.IMMEDIATE)) {
				this.handshakes = handshakes(made);
			}
			Runnable change = () -> {
				this.intake.reconfigure(former, next);
				this.pending.stages(stages);
			};
			if (current == null || !onLoop(current, change)) {
				change.run();
			}
		};
	}

	private ServerTls made(Tls described) {
		try {
			return ListenerStart.tls(this.server, described);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("ssl.bundle", described.bundle(), "cannot be used: " + ex.getMessage());
		}
	}

	private static Runnable options(@Nullable Listener current, ListenerSpec next) {
		return (current != null) ? current.options(next) : () -> {
		};
	}

	private void replaceTls(ServerTls next) {
		ServerTls before = this.tls;
		this.tls = next;
		Listener current = this.listener;
		// Once its port is free, it looks for what there is: one of both sees the other.
		if (current != null && current.portFree().isDone()) {
			next.reportNoMore();
		}
		next.follow();
		if (before != null) {
			before.close();
		}
		// Whoever has closed it meanwhile may have found the one before, or what did not
		// follow yet. Not under a lock: to follow may call the application.
		if (this.tlsClosed) {
			next.close();
		}
	}

	/**
	 * Nobody connects any more. Sessions that are open have no use for new material, but
	 * for a handshake that they may ask for.
	 */
	private void leaveTls(@Nullable ServerTls present) {
		if (this.handshakes == null) {
			closeTls();
		}
		else if (present != null) {
			present.reportNoMore();
		}
	}

	private void closeTls() {
		this.tlsClosed = true;
		ServerTls present = this.tls;
		if (present != null) {
			present.close();
		}
	}

	/** On the loop that accepts, so that each connection has one or the other. */
	private static boolean onLoop(Listener current, Runnable task) {
		return Sockets.onLoop(current.eventLoop(), task);
	}

	@Override
	public void accept() {
		this.gate.release(Reason.UNANNOUNCED);
	}

	@Override
	public CompletableFuture<@Nullable Void> obeyed() {
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		Listener current = this.listener;
		// After what the loop is accepting just now, and after its check of the gate.
		if (current == null || !onLoop(current, () -> obeyed.complete(null))) {
			obeyed.complete(null);
		}
		return obeyed;
	}

	@Override
	public void close() {
		Listener current = this.listener;
		if (current != null) {
			current.close();
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> free() {
		return this.free;
	}

	@Override
	public void abortPending() {
		this.pending.abort();
	}

	@Override
	public void release() {
		// The port may be free only later, or never.
		closeTls();
		this.resources.releaseLoops().run();
	}

	@Override
	public SocketTransport transport() {
		return this.resources.transport();
	}

	@Override
	public @Nullable InetSocketAddress address() {
		Listener current = this.listener;
		return (current != null) ? current.address() : null;
	}

	@Override
	public @Nullable Throwable failure() {
		Listener current = this.listener;
		return (current != null) ? current.failure() : null;
	}

	private Listener listener() {
		return Objects.requireNonNull(this.listener, "The port is not bound");
	}

	private RunListener owner() {
		return Objects.requireNonNull(this.owner, "The port is not bound");
	}

	// As the acceptor sees it. On the loop of the listener.

	@Override
	public boolean closing() {
		return owner().closing();
	}

	@Override
	public boolean outlives() {
		return listener().outlives();
	}

	@Override
	public void accepted(Channel connection) {
		listener().accepted(connection);
	}

	@Override
	public void acceptFailed(Channel channel, Throwable cause) {
		listener().acceptFailed(channel, cause);
	}

	// As connections see it.

	@Override
	public SessionContext sessionContext() {
		return owner().sessionContext();
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.resources.threads().lanes(loop);
	}

	@Override
	public List<ConnectionCustomizer> customizers() {
		return this.resources.customizers();
	}

	@Override
	public @Nullable RequestedHandshakes handshakes() {
		return this.handshakes;
	}

	private RequestedHandshakes handshakes(ServerTls made) {
		return new RequestedHandshakes(made.spec().handshakeTimeout(), true,
				(listener) -> new TlsHandshake(made, listener, this.server.counters(), proxied()));
	}

	@Override
	public SocketKind kind() {
		return listener().kind();
	}

	@Override
	public boolean proxied() {
		return this.pending.stages().proxied();
	}

	@Override
	public void keepAlive() {
		owner().keepAlive();
	}

	@Override
	public void opening(Session session) {
		owner().opening();
	}

	@Override
	public void opened(Session session) {
		owner().opened(session);
	}

	@Override
	public void connectionEnded(boolean refused) {
		owner().connectionEnded(refused);
	}

	@Override
	public void permitFree(InetAddress address) {
		this.intake.admission().release(address);
	}

}
