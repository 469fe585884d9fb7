package dev.socketserver.engine.server;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a listening socket accepts: as long as the gate is not held for some
 * {@link Reason}. Connections that are not accepted wait in the backlog of the kernel. Of
 * UDP nothing waits: {@code Newcomers} asks the gate.
 * <p>
 * Any thread may hold and release. The listener applies the state of the gate on its
 * loop, a moment later. A transport may have accepted more connections by then, which
 * wait in the acceptor. Guarded by its own monitor.
 */
public final class AcceptGate {

	/**
	 * Bits of why the gate is held; at first, because the start was not announced yet.
	 */
	private int held = bit(Reason.UNANNOUNCED);

	/** Has the listener accept, or not. */
	private @Nullable Runnable guard;

	/**
	 * Guards a listener that does not accept yet: the first one, or one that replaces
	 * another.
	 * @param guard has it accept if the gate {@link #isOpen}, and else not; called at
	 * once, and whenever that may have changed
	 */
	public void guard(Runnable guard) {
		synchronized (this) {
			this.guard = guard;
		}
		guard.run();
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
		Runnable changed;
		synchronized (this) {
			changed = change(reason, holds.getAsBoolean());
		}
		update(changed);
	}

	/** Holds or releases; returns the guard if that has changed anything. */
	private synchronized @Nullable Runnable change(Reason reason, boolean holds) {
		int before = this.held;
		this.held = holds ? before | bit(reason) : before & ~bit(reason);
		return (this.held != before) ? this.guard : null;
	}

	/** Whether the gate is held for a reason. */
	public synchronized boolean isHeldFor(Reason reason) {
		return (this.held & bit(reason)) != 0;
	}

	/** Whether the gate is not held. */
	public synchronized boolean isOpen() {
		return this.held == 0;
	}

	private static int bit(Reason reason) {
		return 1 << reason.ordinal();
	}

	private static void update(@Nullable Runnable changed) {
		if (changed != null) {
			changed.run();
		}
	}

	/** What can keep a listener from accepting. */
	public enum Reason {

		/** Not all listeners were notified yet that the server has started. */
		UNANNOUNCED,

		/** There are as many sessions as there may be, and further ones wait. */
		FULL,

		/** There were as many new sessions as there may be in this time. */
		RATE,

		/** So many of them came by this listener. */
		OWN_RATE,

		/** Somebody has paused the listener. */
		PAUSED,

		/** The last attempt failed for want of descriptors or memory. */
		EXHAUSTED,

		/** The listening socket broke, and a new one is on its way. */
		HEALING,

		/** The listening socket is being closed for good. */
		CLOSED

	}

}
