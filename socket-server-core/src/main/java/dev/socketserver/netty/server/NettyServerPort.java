package dev.socketserver.netty.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.ListenerSpec;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.server.ConnectionIntake;
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
import dev.socketserver.netty.listen.ListeningSocket;
import dev.socketserver.netty.listen.SocketBinder;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.ServerHandshakes;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
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

	private final ListenerSpec spec;

	private final ListenerResources resources;

	private final SocketBinder binder;

	private final AcceptGate gate;

	private final ConnectionIntake intake;

	private final PendingConnections pending;

	private final SocketKind kind;

	/** What makes the handshakes that handlers ask for, if they may. */
	private final @Nullable RequestedHandshakes handshakes;

	private final CompletableFuture<@Nullable Void> free = new CompletableFuture<>();

	/** Set when it is bound. */
	private volatile @Nullable RunListener owner;

	/** Set once bound. */
	private volatile @Nullable Listener listener;

	/**
	 * Creates the port of a listener.
	 * @param server what the run shares with others
	 * @param spec what the listener is made from
	 * @param gate whether connections are accepted
	 * @param intake which of them are admitted
	 * @param resources what it has taken
	 * @param binder binds the port
	 */
	NettyServerPort(ServerContext server, ListenerSpec spec, AcceptGate gate, ConnectionIntake intake,
			ListenerResources resources, SocketBinder binder) {
		this.server = server;
		this.spec = spec;
		this.resources = resources;
		this.binder = binder;
		this.kind = binder.kind(resources.transport());
		this.gate = gate;
		this.intake = intake;
		ServerTls tls = resources.tls();
		this.pending = new PendingConnections(spec.proxyProtocol().mode(), server.counters(), intake, tls);
		this.handshakes = (tls != null) ? ServerHandshakes.of(tls, server.counters(), this.pending.proxied()) : null;
	}

	@Override
	public void open(RunListener owner) {
		this.owner = owner;
		ListeningSocket bound = this.binder.bind(() -> new Acceptor(this, this.gate, this.intake, this.pending),
				this.resources.transport(), this.resources.loops());
		Listener opened = new Listener(this.spec.label(), this.gate, this.server.engine().timer(), bound,
				this.server.counters(), this.server.alarms());
		this.listener = opened;
		opened.portFree().thenRun(() -> {
			// Sessions that are open have no use for new material.
			this.resources.closeTls();
			this.free.complete(null);
			owner.portFree();
		});
	}

	@Override
	public void accept() {
		this.gate.release(Reason.UNANNOUNCED);
	}

	@Override
	public CompletableFuture<@Nullable Void> obeyed() {
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		Listener current = this.listener;
		if (current == null) {
			obeyed.complete(null);
			return obeyed;
		}
		try {
			// After what the loop is accepting just now, and after its check of the gate.
			current.eventLoop().execute(() -> obeyed.complete(null));
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone already, and nothing is accepted.
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
		// TLS, too: the port may be free only later, or never.
		this.resources.close();
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

	private RunListener owner() {
		RunListener opened = this.owner;
		if (opened == null) {
			throw new IllegalStateException("The port is not bound");
		}
		return opened;
	}

	// As the acceptor sees it. On the loop of the listener.

	@Override
	public boolean closing() {
		return owner().closing();
	}

	@Override
	public boolean outlives() {
		Listener current = this.listener;
		return current != null && current.outlives();
	}

	@Override
	public void accepted() {
		Listener current = this.listener;
		if (current != null) {
			current.accepted();
		}
	}

	@Override
	public void acceptFailed(Channel channel, Throwable cause) {
		Listener current = this.listener;
		if (current != null) {
			current.acceptFailed(channel, cause);
		}
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

	@Override
	public SocketKind kind() {
		return this.kind;
	}

	@Override
	public boolean proxied() {
		return this.pending.proxied();
	}

	@Override
	public void keepAlive() {
		owner().keepAlive();
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
