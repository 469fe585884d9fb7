package dev.socketserver.netty.connect;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.socketserver.address.Addresses;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.netty.tls.ClientTls;
import dev.socketserver.netty.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client to connect. The name of the host is resolved anew for each
 * attempt; its addresses are tried one after the other, each with its share of the time
 * that is left. The first to {@link #claim} the outcome of the attempt decides it; what
 * connects afterwards is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
abstract class ConnectAttempt {

	private final ClientRun run;

	private final int number;

	/** See {@link #ended()}. */
	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private final long deadline;

	private @Nullable Future<?> timer;

	/** What the attempt is waiting for, for the message if it takes too long. */
	private volatile String awaited = "the addresses of its host";

	/** Guarded by this. */
	private AttemptState state = AttemptState.UNDER_WAY;

	/** See {@link #nextAddress()}. */
	private volatile int nextAddress;

	/** The channel that is connecting. Guarded by this. */
	private @Nullable Channel connecting;

	ConnectAttempt(ClientRun run, int number) {
		this.run = run;
		this.number = number;
		this.nextAddress = number + 1;
		this.deadline = System.nanoTime() + run.spec().connectTimeout().toNanos();
	}

	final ClientRun run() {
		return this.run;
	}

	/** The attempt has failed. Any thread. */
	abstract void failed(Throwable cause);

	/** The attempt was given up. Any thread. */
	abstract void cancelled();

	/**
	 * Connected, and secured if it is to be. On the loop.
	 * @return what becomes of it, or {@code null} if it comes too late
	 */
	abstract @Nullable SessionChannel ready(SocketChannel channel);

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
			if (this.state != AttemptState.UNDER_WAY) {
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
				failed(reason(future.cause()), described(future.cause(), server));
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
	 * The failure to report. Of a host that cannot be reached, which a firewall may say
	 * as well, Netty's native transports report no more than the class of the exception
	 * (4.2.18).
	 */
	private static Throwable described(Throwable cause, InetSocketAddress server) {
		if (!(cause instanceof NoRouteToHostException)) {
			return cause;
		}
		NoRouteToHostException described = new NoRouteToHostException("no route to host: " + Addresses.format(server));
		described.initCause(cause);
		return described;
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
		if (claim(null, (reason == ConnectFailure.TIMEOUT) ? AttemptState.LATE : AttemptState.FAILED)) {
			this.run.counters().countFailed(reason);
			markEnded();
			failed(cause);
		}
	}

	/**
	 * Gives the attempt up.
	 * @return whether it was still under way
	 */
	boolean cancel() {
		boolean first = claim(null, AttemptState.CANCELLED);
		if (first) {
			this.run.counters().countCancelled();
			markEnded();
			cancelled();
		}
		return first;
	}

	/**
	 * Whether the outcome of the attempt is settled: it has led to a connection, has
	 * failed or was given up.
	 */
	synchronized boolean isSettled() {
		return this.state != AttemptState.UNDER_WAY;
	}

	/** Whether the attempt has taken too long. */
	synchronized boolean isLate() {
		return this.state == AttemptState.LATE;
	}

	/** Settles the outcome of the attempt; closes what is not meant to stay. */
	final boolean claim(@Nullable Channel connected, AttemptState outcome) {
		Channel other;
		synchronized (this) {
			AttemptState before = this.state;
			this.state = before.settled(outcome);
			if (this.state == before) {
				return false;
			}
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

	/** Completes when the attempt came to nothing, or its session has ended. */
	final CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/** There is nothing of it left whose end could be awaited. */
	final void markEnded() {
		this.ended.complete(null);
	}

	/** The number of the address after the one that this has connected to, or tried. */
	final int nextAddress() {
		return this.nextAddress;
	}

}
