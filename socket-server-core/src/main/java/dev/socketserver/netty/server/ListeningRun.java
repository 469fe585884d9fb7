package dev.socketserver.netty.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.ServerSpec;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.KeptPermits;
import dev.socketserver.netty.accept.Acceptor;
import dev.socketserver.netty.accept.ConnectionIntake;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.listen.AcceptGate.Reason;
import dev.socketserver.netty.listen.AcceptGate;
import dev.socketserver.netty.listen.Listener;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The listening of one run of a server: its port, its gate, and what becomes of
 * connections before they are sessions.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
abstract class ListeningRun implements Acceptor.Listening {

	final ServerContext server;

	final SocketTransport transport;

	final ScheduledExecutorService timer;

	final List<ConnectionCustomizer> customizers;

	final ConnectionIntake intake;

	final @Nullable ServerTls tls;

	final AcceptGate gate = new AcceptGate();

	final Instant startedAt = Instant.now();

	final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	/** Set once bound. */
	private volatile @Nullable Listener listener;

	/** Whether the listener is being closed: then the run ends with its last session. */
	private volatile boolean closing;

	/** Completes when the port is free. */
	final CompletableFuture<@Nullable Void> listenerGone = new CompletableFuture<>();

	/**
	 * Completes when all listeners have been notified of the start, or never will be;
	 * with whether they were.
	 */
	final CompletableFuture<Boolean> announced = new CompletableFuture<>();

	ListeningRun(ServerContext server, KeptPermits kept, SocketTransport transport, @Nullable ServerTls tls,
			List<ConnectionCustomizer> customizers) {
		this.server = server;
		this.customizers = customizers;
		this.transport = transport;
		this.timer = server.engine().timer();
		this.tls = tls;
		this.intake = new ConnectionIntake(server.server(), server.engine().listener(), server.alarms(), kept,
				server.counters(), this.gate, this.timer, tls);
	}

	/** Ends the run if nothing is left of it. */
	abstract void endIfDone();

	ServerSpec spec() {
		return this.server.spec();
	}

	String name() {
		return this.server.name();
	}

	SocketTransport transport() {
		return this.transport;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	@Nullable InetSocketAddress localAddress() {
		return this.closing ? null : boundAddress();
	}

	/** Where it listens, or has listened. */
	@Nullable InetSocketAddress boundAddress() {
		Listener current = this.listener;
		return (current != null) ? current.address() : null;
	}

	/** Why nothing can be accepted at the moment, or {@code null}. */
	@Nullable Throwable failure() {
		Listener current = this.listener;
		return (current != null && !this.closing) ? current.failure() : null;
	}

	/** Whether the server does not listen any more, or is about to stop listening. */
	@Override
	public boolean closing() {
		return this.closing;
	}

	/** Makes what stands in front of Netty's acceptor of a listening channel. */
	Acceptor acceptor() {
		return new Acceptor(this, this.gate, this.intake);
	}

	@Override
	public List<ConnectionCustomizer> customizers() {
		return this.customizers;
	}

	@Override
	public boolean proxied() {
		return this.intake.proxied();
	}

	/** Completes when the run has ended and given everything back. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	void closeTls() {
		if (this.tls != null) {
			this.tls.close();
		}
	}

	final void listen(Listener opened) {
		this.listener = opened;
		opened.portFree().thenRun(this::portFreed);
	}

	private void portFreed() {
		// The sessions of this run have no use for new material.
		closeTls();
		this.listenerGone.complete(null);
		endIfDone();
	}

	/** Begins to accept, unless something else holds the gate. */
	void accept() {
		// Sessions of earlier runs may have taken all permits already.
		this.intake.permitsChanged();
		this.gate.release(Reason.UNANNOUNCED);
	}

	/**
	 * Stops or resumes accepting.
	 * @return completes when the listener obeys
	 */
	CompletableFuture<@Nullable Void> paused(boolean paused) {
		this.gate.set(Reason.PAUSED, () -> paused);
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		Listener current = this.listener;
		if (current == null) {
			obeyed.complete(null);
			return obeyed;
		}
		try {
			// After what the loop is accepting just now, and after its check of the
			// gate.
			current.eventLoop().execute(() -> obeyed.complete(null));
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone already, and nothing is accepted.
			obeyed.complete(null);
		}
		return obeyed;
	}

	/** What becomes of connections before they are sessions. */
	ConnectionIntake intake() {
		return this.intake;
	}

	Admission admission() {
		return this.intake.admission();
	}

	/** On the loop of that listener. */
	@Override
	public void accepted() {
		Listener current = this.listener;
		if (current != null) {
			current.accepted();
		}
	}

	/** On the loop of that listener. */
	@Override
	public void acceptFailed(Channel channel, Throwable cause) {
		Listener current = this.listener;
		if (current != null) {
			current.acceptFailed(channel, cause);
		}
	}

	@Override
	public void permitFree(InetAddress address) {
		admission().release(address);
	}

	/**
	 * The start was announced to all listeners, or never will be.
	 * @param notified whether listeners were notified
	 */
	void announced(boolean notified) {
		this.announced.complete(notified);
	}

	/**
	 * Waits until the start was announced, before which nothing that follows may be
	 * announced.
	 * @return whether the start was announced
	 */
	boolean awaitAnnounced() {
		return this.announced.join();
	}

	/** Completes when the listener is closed and its port is free. */
	CompletableFuture<@Nullable Void> listenerGone() {
		return this.listenerGone;
	}

	/** Stops listening. The run ends with its last session. */
	void close() {
		this.closing = true;
		Listener current = this.listener;
		if (current != null) {
			current.close();
		}
		endIfDone();
	}

}
