package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.Addresses;
import dev.socketserver.Alarm;
import dev.socketserver.Alarm.Kind;
import dev.socketserver.netty.AcceptGate.Reason;
import dev.socketserver.netty.PortBinder.Bound;
import dev.socketserver.session.Alarms;
import dev.socketserver.session.Ledger;
import dev.socketserver.session.SteadyLogger;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of one run. One that breaks, by itself or because somebody
 * destroyed it, is replaced by another on the same port, with back-off, until the run
 * closes it; sessions do not notice. While there are no descriptors it waits. Operators
 * are told when it begins to fail, and when nothing has failed for a while.
 * <p>
 * Failures are reported on the listener's event loop; the rest may be called by any
 * thread. Guarded by itself. Nothing here may throw: that would end the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails comes back to the listeners
final class Listener {

	private static final SteadyLogger logger = SteadyLogger.of(Listener.class);

	/** Between two looks whether there are descriptors again. */
	private static final long PAUSE_MILLIS = 500;

	/** Before an accept that failed for no known reason is tried once more. */
	private static final long SECOND_TRY_MILLIS = 100;

	private static final long FIRST_REBIND_MILLIS = 10;

	private static final long MAX_REBIND_MILLIS = 1_000;

	/** Any delay makes a selector look at its sockets before the task. */
	private static final long NEXT_ROUND_MILLIS = 1;

	/** How often the system is asked whether the socket still listens. */
	private static final long LOOK_MILLIS = 500;

	/** After that the loop is not just busy. */
	private static final long MOST_SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** Linux; of level {@code SOL_SOCKET}. */
	private static final ChannelOption<Integer> SO_ACCEPTCONN = new IntegerUnixChannelOption("SO_ACCEPTCONN", 1, 30);

	private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final String server;

	private final AcceptGate gate;

	private final ScheduledExecutorService timer;

	private final Bound bound;

	private final Ledger ledger;

	private final Alarms alarms;

	/** Made before it is needed: its class may not be found without descriptors. */
	private final Alarm resumed;

	private final CompletableFuture<@Nullable Void> portFree = new CompletableFuture<>();

	private Channel channel;

	/** The last that was broken: nobody touches its socket any more. */
	private @Nullable Channel lost;

	private boolean closing;

	private boolean binding;

	/** Whether somebody is to look for descriptors soon. */
	private volatile boolean resuming;

	/** Failures in a row of which nobody knows the reason. Loop only. */
	private int unknownFailures;

	/** Grows with each attempt to bind until nothing has failed for a while. */
	private long rebindMillis = FIRST_REBIND_MILLIS;

	/** Whether operators were told of a failure, and not yet of its end. */
	private boolean troubled;

	private long failures;

	/** At the last look. */
	private long failuresSeen;

	private @Nullable String lastWarning;

	private long lastWarningNanos;

	private volatile @Nullable Throwable failure;

	/** When the loop last looked at the socket. */
	private volatile long answeredAt;

	Listener(String server, AcceptGate gate, ScheduledExecutorService timer, Bound bound, Ledger ledger,
			Alarms alarms) {
		this.server = server;
		this.gate = gate;
		this.timer = timer;
		this.bound = bound;
		this.ledger = ledger;
		this.alarms = alarms;
		this.resumed = new Alarm(Kind.ACCEPT_RESUMED,
				"connections are accepted on " + Addresses.format(bound.address()) + " again", null);
		this.channel = bound.channel();
		// So that no class has to be found later, when there is no descriptor for that.
		AcceptFailure.of(new IOException("Only to see how it goes"));
		watch(this.channel);
	}

	/** Where it listens, also while a broken socket is being replaced. */
	InetSocketAddress address() {
		return this.bound.address();
	}

	/**
	 * Why it cannot accept at the moment, or {@code null}. Any thread; waits for none.
	 */
	@Nullable Throwable failure() {
		Throwable known = this.failure;
		long silent = System.nanoTime() - this.answeredAt;
		return (known == null && silent > MOST_SILENT_NANOS) ? new IllegalStateException(
				"The event loop that accepts has not answered for %s s: something keeps it, or has ended it"
					.formatted(TimeUnit.NANOSECONDS.toSeconds(silent)))
				: known;
	}

	/** The loop that accepts. */
	synchronized EventLoop eventLoop() {
		return this.channel.eventLoop();
	}

	/** Completes when it has been closed and the port is free. */
	CompletableFuture<@Nullable Void> portFree() {
		return this.portFree;
	}

	/** Listens no more. */
	void close() {
		Channel open;
		synchronized (this) {
			this.closing = true;
			if (this.binding) {
				return;
			}
			open = this.channel;
			refuse(open);
		}
		if (open.isOpen()) {
			open.close();
		}
		else {
			this.portFree.complete(null);
		}
	}

	/**
	 * Refuses connections from now on, where that can be done: a loop that has much to
	 * accept comes late to closing the channel, and a socket on which io_uring has an
	 * accept under way goes on listening even then. Called under the monitor, so that it
	 * is not done to a descriptor that another has meanwhile: whoever closes a channel
	 * says so first.
	 */
	private void refuse(Channel open) {
		if (open == this.lost || !open.isOpen() || !onLinux(open)) {
			return;
		}
		try {
			((Socket) ((UnixChannel) open).fd()).shutdown(true, true);
		}
		catch (IOException ex) {
			// It is broken, and listens no more.
			logger.debug("{} could not be shut down", open, ex);
		}
	}

	static boolean onLinux(Channel channel) {
		return channel instanceof UnixChannel && PlatformDependent.normalizedOs().equals("linux");
	}

	/** A connection was accepted. */
	void accepted() {
		this.unknownFailures = 0;
	}

	/** Accepting failed on a channel, which may be one that is no longer in use. */
	void acceptFailed(Channel where, Throwable cause) {
		if (isClosing()) {
			// Not again, until the loop comes to closing it.
			this.gate.hold(Reason.CLOSED);
			return;
		}
		// No switch: the class that the compiler makes for it would be looked for when
		// there is no descriptor to read it with.
		AcceptFailure kind = AcceptFailure.of(cause);
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

	/** Says that accepting fails, to operators once for each trouble. */
	private void failed(String warning, Throwable cause) {
		boolean warn;
		synchronized (this) {
			if (this.closing) {
				return;
			}
			this.failure = cause;
			this.failures++;
			if (!this.troubled) {
				this.troubled = true;
				this.alarms.raise(new Alarm(Kind.ACCEPT_FAILED,
						"connections cannot be accepted on " + Addresses.format(this.bound.address()) + ": " + cause,
						cause));
			}
			long now = System.nanoTime();
			warn = !warning.equals(this.lastWarning) || now - this.lastWarningNanos >= WARN_NANOS;
			if (warn) {
				this.lastWarning = warning;
				this.lastWarningNanos = now;
			}
		}
		if (warn) {
			logger.warn(warning, this.server, String.valueOf(cause));
		}
	}

	/**
	 * Says that accepting works if nothing has failed since the last look: who has one
	 * descriptor now and none in a moment is still in the same trouble.
	 */
	private synchronized void lookIfOver() {
		boolean steady = this.failure == null && this.failures == this.failuresSeen;
		this.failuresSeen = this.failures;
		if (steady) {
			this.rebindMillis = FIRST_REBIND_MILLIS;
		}
		if (steady && this.troubled && !this.closing) {
			this.troubled = false;
			this.alarms.raise(this.resumed);
		}
	}

	private void resumeLater(Channel where, long millis) {
		try {
			where.eventLoop().schedule(() -> {
				if (AcceptFailure.descriptorsLeft()) {
					this.resuming = false;
					if (!this.gate.isHeldFor(Reason.HEALING)) {
						this.failure = null;
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
			if (this.closing || broken != this.channel) {
				return;
			}
			this.lost = broken;
		}
		this.gate.hold(Reason.HEALING);
		this.failure = cause;
		broken.close();
	}

	private void watch(Channel opened) {
		this.answeredAt = System.nanoTime();
		opened.pipeline().addLast(new Acceptor.Terminal());
		// Not all transports notice the end of a socket that nobody accepts from.
		Future<?> look = opened.eventLoop()
			.scheduleWithFixedDelay(() -> look(opened), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
		opened.closeFuture().addListener((future) -> {
			look.cancel(false);
			closed(opened);
		});
		this.gate.guard(opened);
	}

	private void look(Channel opened) {
		this.answeredAt = System.nanoTime();
		try {
			if (!listens(opened)) {
				replace(opened, new ClosedChannelException());
				return;
			}
		}
		catch (RuntimeException ex) {
			replace(opened, ex);
			return;
		}
		lookIfOver();
	}

	private static boolean listens(Channel opened) {
		if (!opened.isOpen()) {
			return false;
		}
		if (onLinux(opened)) {
			Integer accepting = opened.config().getOption(SO_ACCEPTCONN);
			return accepting == null || accepting != 0;
		}
		return true;
	}

	private void closed(Channel ended) {
		if (isClosing()) {
			free(ended);
			return;
		}
		this.gate.hold(Reason.HEALING);
		Throwable known = this.failure;
		failed("Server '{}' has lost its listening socket and opens another: {}",
				(known != null) ? known : new ClosedChannelException());
		rebindLater();
	}

	/**
	 * A selector gives the port back only when it has let go of the socket, which it does
	 * in its next round.
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
		return this.closing;
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
			if (this.closing) {
				return;
			}
			this.binding = true;
		}
		ChannelFuture attempt;
		try {
			attempt = this.bound.again().get();
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
			this.binding = false;
			this.channel = opened;
			tooLate = this.closing;
			if (tooLate) {
				refuse(opened);
			}
		}
		if (tooLate) {
			opened.closeFuture().addListener((future) -> free(opened));
			opened.close();
			return;
		}
		this.failure = null;
		this.unknownFailures = 0;
		this.ledger.countListenerReplaced();
		watch(opened);
		this.gate.release(Reason.HEALING);
		logger.info("Server '{}' listens on {} again", this.server, Addresses.format(this.bound.address()));
	}

	private void notBound(Throwable cause) {
		boolean tooLate;
		synchronized (this) {
			this.binding = false;
			tooLate = this.closing;
		}
		if (tooLate) {
			this.portFree.complete(null);
			return;
		}
		failed("Server '{}' cannot open another listening socket: {}", cause);
		rebindLater();
	}

}
