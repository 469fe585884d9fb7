package dev.socketserver.netty;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

import dev.socketserver.session.SteadyLogger;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Whether a listening socket may accept now: while nobody holds it. What it does not
 * accept waits in the kernel's backlog.
 * <p>
 * Any thread may hold and release. Only the listener's event loop turns accepting on and
 * off, in the order in which it finds the state. A transport may have accepted more by
 * then; {@link Acceptor} keeps that back. Guarded by itself.
 */
final class AcceptGate {

	private static final SteadyLogger logger = SteadyLogger.of(AcceptGate.class);

	/** Starts with what holds every new listener. */
	private final Set<Reason> held = EnumSet.of(Reason.UNANNOUNCED);

	private @Nullable Channel listener;

	/** Takes a listener, new or in place of the last, that does not accept yet. */
	void guard(Channel channel) {
		synchronized (this) {
			this.listener = channel;
		}
		update(channel);
	}

	/** Stops accepting, for as long as the reason is not released. */
	void hold(Reason reason) {
		set(reason, () -> true);
	}

	/** Takes one reason away; the last to go lets the listener accept. */
	void release(Reason reason) {
		set(reason, () -> false);
	}

	/**
	 * Holds for a reason or releases it.
	 * @param reason the reason
	 * @param holds tells which, asked under the gate's monitor: of several threads that
	 * see the same fact change, the last to come sees it as it is
	 */
	void set(Reason reason, BooleanSupplier holds) {
		Channel channel;
		synchronized (this) {
			boolean changed = holds.getAsBoolean() ? this.held.add(reason) : this.held.remove(reason);
			if (!changed) {
				return;
			}
			channel = this.listener;
		}
		if (channel != null) {
			update(channel);
		}
	}

	synchronized boolean isHeldFor(Reason reason) {
		return this.held.contains(reason);
	}

	/** Whether nobody holds the gate. */
	synchronized boolean isOpen() {
		return this.held.isEmpty();
	}

	private void update(Channel channel) {
		if (channel.eventLoop().inEventLoop()) {
			apply(channel);
			return;
		}
		try {
			channel.eventLoop().execute(() -> apply(channel));
		}
		catch (RejectedExecutionException ex) {
			// The server has stopped, and its loops are gone already.
			logger.debug("The event loop of {} has ended", channel);
		}
	}

	private void apply(Channel channel) {
		if (!channel.isOpen()) {
			return;
		}
		if (isOpen()) {
			// Those first that came too early.
			channel.pipeline().fireUserEventTriggered(Opened.EVENT);
		}
		boolean accept = isOpen();
		if (channel.config().isAutoRead() != accept) {
			channel.config().setAutoRead(accept);
		}
	}

	/** Tells a listener's pipeline that the gate is open, before more is accepted. */
	enum Opened {

		EVENT

	}

	/** What can keep a listener from accepting. */
	enum Reason {

		/** Not everybody who wants to know knows yet that the server listens. */
		UNANNOUNCED,

		/** There are as many sessions as there may be, and further ones wait. */
		FULL,

		/** There were as many new sessions as there may be in this time. */
		RATE,

		/** Somebody has paused the server. */
		PAUSED,

		/** The last attempt failed for want of descriptors or memory. */
		EXHAUSTED,

		/** The listening socket broke, and a new one is on its way. */
		HEALING,

		/** The listening socket is being closed for good. */
		CLOSED

	}

}
