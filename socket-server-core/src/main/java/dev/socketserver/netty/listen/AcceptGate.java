package dev.socketserver.netty.listen;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

import dev.socketserver.engine.log.SafeLogger;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a listening socket accepts: as long as the gate is not held for some
 * {@link Reason}. Connections that are not accepted wait in the backlog of the kernel.
 * <p>
 * Any thread may hold and release. Only the event loop of the listener turns accepting on
 * and off, and does what is true when it runs. A transport may have accepted more by
 * then; the acceptor keeps those back. Guarded by its own monitor.
 */
public final class AcceptGate {

	private static final SafeLogger logger = SafeLogger.of(AcceptGate.class);

	/** Why the gate is held; at first, because the start was not announced yet. */
	private final Set<Reason> held = EnumSet.of(Reason.UNANNOUNCED);

	private @Nullable Channel listener;

	/**
	 * Guards a listener that does not accept yet: the first one, or one that replaces
	 * another.
	 */
	void guard(Channel channel) {
		synchronized (this) {
			this.listener = channel;
		}
		update(channel);
	}

	/** Stops accepting, for as long as the reason is not released. */
	public void hold(Reason reason) {
		update(change(reason, true));
	}

	/** Takes one reason away. When none is left, the listener accepts. */
	public void release(Reason reason) {
		update(change(reason, false));
	}

	/**
	 * Holds for a reason or releases it.
	 * @param reason the reason
	 * @param holds determines which, asked under the gate's monitor: of several threads
	 * that see the same fact change, the last to come sees it as it is
	 */
	public void set(Reason reason, BooleanSupplier holds) {
		Channel changed;
		synchronized (this) {
			changed = change(reason, holds.getAsBoolean());
		}
		update(changed);
	}

	/** Holds or releases; returns the listener if that has changed anything. */
	private synchronized @Nullable Channel change(Reason reason, boolean holds) {
		boolean changed = holds ? this.held.add(reason) : this.held.remove(reason);
		return changed ? this.listener : null;
	}

	synchronized boolean isHeldFor(Reason reason) {
		return this.held.contains(reason);
	}

	/** Whether the gate is not held. */
	public synchronized boolean isOpen() {
		return this.held.isEmpty();
	}

	private void update(@Nullable Channel channel) {
		if (channel == null) {
			return;
		}
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
			// Those first that the transport had accepted too early.
			channel.pipeline().fireUserEventTriggered(Opened.EVENT);
		}
		boolean accept = isOpen();
		if (channel.config().isAutoRead() != accept) {
			channel.config().setAutoRead(accept);
		}
	}

	/** Notifies a listener's pipeline that the gate is open, before more is accepted. */
	public enum Opened {

		EVENT

	}

	/** What can keep a listener from accepting. */
	public enum Reason {

		/** Not all listeners were notified yet that the server has started. */
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
