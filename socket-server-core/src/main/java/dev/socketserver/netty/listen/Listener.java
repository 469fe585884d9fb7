package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ListenerSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.server.AcceptTrouble;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.operator.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of one listener in one run. If it breaks, by itself or because
 * somebody destroys it, it is replaced by another one on the same port, with back-off,
 * until the run closes it; sessions do not notice. If there are no descriptors, it waits
 * for some. Operators are notified when accepting begins to fail, and when nothing has
 * failed for a while.
 * <p>
 * Failures are reported on the event loop of the listener; the other methods may be
 * called by any thread. Guarded by its own monitor. Nothing here may throw: that would go
 * to a logger of Netty's, and if that throws, too, end the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported to the listeners
public final class Listener {

	private static final SafeLogger logger = SafeLogger.of(Listener.class);

	/** The time between two checks for descriptors. */
	private static final long PAUSE_MILLIS = 500;

	/**
	 * The time before another accept, after one that has failed for an unknown reason.
	 */
	private static final long SECOND_TRY_MILLIS = 100;

	private static final long FIRST_REBIND_MILLIS = 10;

	private static final long MAX_REBIND_MILLIS = 1_000;

	/**
	 * Some delay, of any length: a selector polls its sockets before it reaches the task.
	 */
	private static final long NEXT_ROUND_MILLIS = 1;

	/** How often the system is asked whether the socket still listens. */
	private static final long CHECK_MILLIS = 500;

	/** A loop that was not seen for so long is taken to be stuck, and not just busy. */
	private static final long MOST_SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** Linux; of level {@code SOL_SOCKET}. */
	private static final ChannelOption<Integer> SO_ACCEPTCONN = new IntegerUnixChannelOption("SO_ACCEPTCONN", 1, 30);

	/** What logs call it. */
	private final String label;

	private final AcceptGate gate;

	private final ScheduledExecutorService timer;

	private final ListeningSocket socket;

	private final ServerCounters counters;

	private final AcceptTrouble trouble;

	private final CompletableFuture<@Nullable Void> portFree = new CompletableFuture<>();

	private Channel channel;

	private final boolean onLinux;

	/** The last one that broke; its socket is not touched any more. */
	private @Nullable Channel lost;

	private State state = State.LISTENING;

	/**
	 * Whether a check for descriptors is scheduled. Not a state: for want of descriptors
	 * a socket accepts nothing, and still listens.
	 */
	private volatile boolean resuming;

	/** How many failures in a row had an unknown reason. Loop only. */
	private int unknownFailures;

	/** Whether peers reached something else at the last check. Loop only. */
	private boolean displaced;

	/** Grows with each attempt to bind until nothing has failed for a while. */
	private long rebindMillis = FIRST_REBIND_MILLIS;

	/** Those of connections that are accepted now. */
	private volatile AcceptedOptions options;

	/** When the loop last polled the socket. */
	private volatile long answeredAt;

	public Listener(ListenerSpec spec, AcceptGate gate, ScheduledExecutorService timer, ListeningSocket socket,
			ServerCounters counters, Alarms alarms) {
		this.label = spec.label();
		this.gate = gate;
		this.timer = timer;
		this.socket = socket;
		this.counters = counters;
		this.trouble = new AcceptTrouble(spec, socket.address(), alarms);
		this.channel = socket.channel();
		this.options = socket.options();
		this.onLinux = Sockets.onLinux(this.channel);
		// Loads the class now: later there may be no descriptor to read it with.
		AcceptFailure.of(new IOException("Only to see how it goes"), this.channel);
		this.answeredAt = System.nanoTime();
		watch(this.channel);
	}

	/** Where it listens, also while a broken socket is being replaced. */
	public InetSocketAddress address() {
		return this.socket.address();
	}

	/**
	 * Why it cannot accept at the moment, or {@code null}. Any thread; waits for none.
	 */
	public @Nullable Throwable failure() {
		Throwable known = this.trouble.failure();
		long silent = System.nanoTime() - this.answeredAt;
		return (known == null && silent > MOST_SILENT_NANOS) ? new IllegalStateException(
				"The event loop that accepts has not answered for %s s: it is blocked, or has terminated"
					.formatted(TimeUnit.NANOSECONDS.toSeconds(silent)))
				: known;
	}

	/** Of which kind the connections are. */
	public SocketKind kind() {
		return this.socket.kind();
	}

	/** Whether who waits to be accepted is left to others when this closes. */
	public boolean outlives() {
		return this.socket.outlives();
	}

	/** The loop that accepts. */
	public synchronized EventLoop eventLoop() {
		return this.channel.eventLoop();
	}

	/** Completes when it has been closed and the port is free. */
	public CompletableFuture<@Nullable Void> portFree() {
		return this.portFree;
	}

	/** Listens no more. */
	public void close() {
		Channel open;
		State before;
		synchronized (this) {
			before = this.state;
			this.state = before.closed();
			// Behind the state: a check that finds the file gone must not replace it.
			this.socket.retire();
			if (this.state == State.CANCELLED) {
				return;
			}
			open = this.channel;
			refuse(open);
		}
		if (open.isOpen()) {
			open.close();
		}
		else if (before == State.LOST) {
			free(open);
		}
	}

	/**
	 * Makes the system refuse connections from now on, where that can be done. Closing
	 * the channel may take longer: a loop that has much to accept gets to it late, and
	 * io_uring goes on listening on a closed socket while it has an accept under way.
	 * Called under the monitor: whoever closes a channel takes note of that under it,
	 * too, and so this is never done to a descriptor that belongs to something else by
	 * now.
	 */
	private void refuse(Channel open) {
		if (open == this.lost || !open.isOpen() || !this.onLinux || this.socket.outlives()) {
			return;
		}
		try {
			((Socket) ((UnixChannel) open).fd()).shutdown(true, true);
		}
		catch (IOException ex) {
			// The socket is broken, and does not listen any more anyway.
			logger.debug("{} could not be shut down", open, ex);
		}
	}

	/**
	 * Makes other options of connections.
	 * @param next what the listener is made from now
	 * @return gives them to connections that are accepted from now on
	 * @throws UnsupportedOptionException if the transport lacks what is asked for;
	 * nothing has changed then
	 */
	public Runnable options(ListenerSpec next) {
		AcceptedOptions made = this.socket.options(next);
		return () -> {
			this.socket.change(next);
			synchronized (this) {
				this.options = made;
				// As with refuse: not a descriptor that belongs to something else by now.
				if (this.state == State.LISTENING && this.channel != this.lost && this.channel.isOpen()) {
					made.toListener(this.channel);
				}
			}
		};
	}

	/** A connection was accepted, which is not registered with a loop yet. */
	public void accepted(Channel connection) {
		this.unknownFailures = 0;
		this.options.toConnection(connection);
	}

	/** Accepting failed on a channel, which may be one that is no longer in use. */
	public void acceptFailed(Channel where, Throwable cause) {
		if (isClosing()) {
			// The loop will get to closing it; it must not accept again before.
			this.gate.hold(Reason.CLOSED);
			return;
		}
		// Not a switch: the compiler makes a class for it, which could not be loaded
		// without descriptors.
		AcceptFailure kind = AcceptFailure.of(cause, where);
		if (kind == AcceptFailure.EXHAUSTED) {
			pause(where, cause, PAUSE_MILLIS);
		}
		else if (kind == AcceptFailure.BROKEN || (kind == AcceptFailure.UNKNOWN && ++this.unknownFailures > 1)) {
			replace(where, cause);
		}
		else if (kind == AcceptFailure.UNKNOWN) {
			pause(where, cause, SECOND_TRY_MILLIS);
		}
	}

	private void pause(Channel where, Throwable cause, long millis) {
		this.gate.hold(Reason.EXHAUSTED);
		failed("Server '{}' cannot accept connections at the moment: {}", cause);
		if (!this.resuming) {
			this.resuming = true;
			resumeLater(where, millis);
		}
	}

	/** Logs that accepting fails, and notifies operators when that begins. */
	private void failed(String warning, Throwable cause) {
		boolean warn;
		synchronized (this) {
			if (this.state.isClosed()) {
				return;
			}
			warn = this.trouble.failed(warning, cause);
		}
		if (warn) {
			logger.warn(warning, this.label, String.valueOf(cause));
		}
	}

	/** Notifies operators that accepting works again, if it does. */
	private synchronized void checkIfOver() {
		if (this.trouble.isOver()) {
			this.rebindMillis = FIRST_REBIND_MILLIS;
			if (!this.state.isClosed()) {
				this.trouble.over();
			}
		}
	}

	private void resumeLater(Channel where, long millis) {
		try {
			where.eventLoop().schedule(() -> {
				if (AcceptFailure.descriptorsLeft(where)) {
					this.resuming = false;
					if (!this.gate.isHeldFor(Reason.HEALING)) {
						this.trouble.failure(null);
					}
					this.gate.release(Reason.EXHAUSTED);
				}
				else {
					resumeLater(where, PAUSE_MILLIS);
				}
			}, millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The server has stopped, and its loops are gone already.
			this.gate.release(Reason.EXHAUSTED);
		}
	}

	private void replace(Channel broken, Throwable cause) {
		synchronized (this) {
			if (this.state.isClosed() || broken != this.channel) {
				return;
			}
			this.lost = broken;
		}
		this.gate.hold(Reason.HEALING);
		this.trouble.failure(cause);
		broken.close();
	}

	private void watch(Channel opened) {
		this.displaced = false;
		opened.pipeline().addLast(new Terminal());
		// Before anything can replace the channel, and have the next one guarded.
		this.gate.guard(new AcceptSwitch(this.gate, opened));
		// Not all transports notice the end of a socket that is not accepted from.
		Future<?> check = opened.eventLoop()
			.scheduleWithFixedDelay(() -> check(opened), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
		opened.closeFuture().addListener((future) -> {
			check.cancel(false);
			closed(opened);
		});
	}

	private void check(Channel opened) {
		this.answeredAt = System.nanoTime();
		try {
			Exception lost = listens(opened) ? this.socket.unreachable() : new ClosedChannelException();
			if (lost != null) {
				replace(opened, lost);
				return;
			}
		}
		catch (RuntimeException ex) {
			replace(opened, ex);
			return;
		}
		checkPlace();
		checkIfOver();
	}

	/** Something else at its place is logged once, until it is gone. */
	private void checkPlace() {
		Exception displaced = this.socket.displaced();
		if (displaced != null && !this.displaced) {
			failed("Server '{}' cannot be reached any more: {}", displaced);
		}
		if (displaced != null || this.displaced) {
			this.trouble.failure(displaced);
		}
		this.displaced = displaced != null;
	}

	private boolean listens(Channel opened) {
		if (!opened.isOpen()) {
			return false;
		}
		if (this.onLinux) {
			Integer accepting = opened.config().getOption(SO_ACCEPTCONN);
			return accepting == null || accepting != 0;
		}
		return true;
	}

	private void closed(Channel ended) {
		synchronized (this) {
			this.state = this.state.lost();
		}
		if (isClosing()) {
			free(ended);
			return;
		}
		this.gate.hold(Reason.HEALING);
		Throwable known = this.trouble.failure();
		failed("Server '{}' has lost its listening socket and opens another: {}",
				(known != null) ? known : new ClosedChannelException());
		rebindLater();
	}

	/**
	 * Lets a selector go round once: it lets go of a closed socket, and so of the port,
	 * only in its next round.
	 */
	private void free(Channel ended) {
		try {
			ended.eventLoop().schedule(() -> this.portFree.complete(null), NEXT_ROUND_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			this.portFree.complete(null);
		}
	}

	private synchronized boolean isClosing() {
		return this.state.isClosed();
	}

	private void rebindLater() {
		long delay;
		synchronized (this) {
			delay = this.rebindMillis;
			this.rebindMillis = Math.min(delay * 2, MAX_REBIND_MILLIS);
		}
		this.timer.schedule(this::rebind, delay, TimeUnit.MILLISECONDS);
	}

	private void rebind() {
		synchronized (this) {
			this.state = this.state.binds();
			if (this.state != State.BINDING) {
				return;
			}
		}
		ChannelFuture attempt;
		try {
			attempt = this.socket.rebind();
		}
		catch (RuntimeException | Error ex) {
			notBound(ex);
			return;
		}
		attempt.addListener((future) -> {
			if (future.isSuccess()) {
				bound(attempt.channel());
			}
			else {
				notBound(future.cause());
			}
		});
	}

	private void bound(Channel opened) {
		boolean tooLate;
		synchronized (this) {
			this.state = this.state.bound();
			this.channel = opened;
			tooLate = this.state.isClosed();
			if (tooLate) {
				refuse(opened);
			}
			else {
				// They may have changed since it began to bind.
				this.options.toListener(opened);
			}
		}
		if (tooLate) {
			this.socket.retire();
			opened.closeFuture().addListener((future) -> free(opened));
			opened.close();
			return;
		}
		this.unknownFailures = 0;
		// Before it has no failure: the loop may have been seen long ago.
		this.answeredAt = System.nanoTime();
		this.trouble.failure(null);
		watch(opened);
		this.gate.release(Reason.HEALING);
		// Behind the change: who sees it finds no failure.
		this.counters.count(Counter.LISTENERS_REPLACED);
		logger.info("Server '{}' listens on {} again", this.label, Addresses.format(this.socket.address()));
	}

	private void notBound(Throwable cause) {
		boolean tooLate;
		synchronized (this) {
			this.state = this.state.notBound();
			tooLate = this.state.isClosed();
		}
		if (tooLate) {
			this.portFree.complete(null);
			return;
		}
		failed("Server '{}' cannot open another listening socket: {}", cause);
		rebindLater();
	}

	/** The end of that pipeline: consumes what Netty's acceptor could not do. */
	private static final class Terminal extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			logger.warn("A connection to {} was lost: {}", context.channel().localAddress(), cause.toString());
		}

	}

	/**
	 * What a {@link Listener} has of its socket.
	 *
	 * <pre>
	 *                                         cannot bind
	 *                                     ┌─────────────────┐
	 *                                     ▼                 │
	 *   LISTENING ──the socket closes──▶ LOST ──bind──▶ BINDING ──bound──▶ LISTENING
	 *       │                             │                 │
	 *       │ close                       │ close           │ close
	 *       ▼                             │                 ▼
	 *    CLOSING ◀────────────────────────┴──────────── CANCELLED
	 *                                       bound or not
	 * </pre>
	 */
	enum State {

		/** There is a socket, which may be broken without anybody knowing. */
		LISTENING,

		/** The socket has closed by itself; another one will be bound. */
		LOST,

		/** Another socket is being bound. */
		BINDING,

		/**
		 * The run has closed the listener while it is binding: a socket arrives too late.
		 */
		CANCELLED,

		/** The run has closed the listener. */
		CLOSING;

		/** Whether the run has closed the listener. */
		boolean isClosed() {
			return this == CANCELLED || this == CLOSING;
		}

		/** The socket has closed. */
		State lost() {
			return (this == LISTENING) ? LOST : this;
		}

		/** It is time to bind another one. */
		State binds() {
			return (this == LOST) ? BINDING : this;
		}

		/** There is another one. */
		State bound() {
			return bindEnds(LISTENING);
		}

		/** There is no other one. */
		State notBound() {
			return bindEnds(LOST);
		}

		private State bindEnds(State next) {
			return switch (this) {
				case BINDING -> next;
				case CANCELLED -> CLOSING;
				default -> this;
			};
		}

		/** The run closes the listener. */
		State closed() {
			return (this == BINDING || this == CANCELLED) ? CANCELLED : CLOSING;
		}

	}

}
