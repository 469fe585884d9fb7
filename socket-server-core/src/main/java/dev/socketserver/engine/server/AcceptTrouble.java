package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketServerListener.Alarm.Kind;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.events.Alarms;
import org.jspecify.annotations.Nullable;

/**
 * Whether a listening socket fails to accept connections: operators are notified when
 * that begins and when it is over, and the log says why, not more than once in ten
 * seconds. Guarded by the monitor of the listener, if not stated otherwise.
 */
public final class AcceptTrouble {

	private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** What logs call the listener; {@code null} if that is the server's name. */
	private final @Nullable String label;

	private final InetSocketAddress address;

	private final Alarms alarms;

	/** Why it cannot accept at the moment. Any thread reads and changes it. */
	private volatile @Nullable Throwable failure;

	/**
	 * Whether operators were notified that accepting fails, and were not yet notified
	 * that it works again: that takes longer than any state.
	 */
	private boolean raised;

	private long failures;

	/** The number of failures at the last check. */
	private long failuresSeen;

	private @Nullable String lastWarning;

	private long lastWarningNanos;

	/**
	 * Creates the object for a listener that accepts.
	 * @param spec the listener
	 * @param address where it listens
	 * @param alarms notify operators
	 */
	public AcceptTrouble(ListenerSpec spec, InetSocketAddress address, Alarms alarms) {
		this.label = spec.label().equals(spec.session().name()) ? null : spec.label();
		this.address = address;
		this.alarms = alarms;
		// Loads the class now: later there may be no descriptor to read it with.
		resumed();
	}

	/** Why it cannot accept at the moment, or {@code null}. Any thread. */
	public @Nullable Throwable failure() {
		return this.failure;
	}

	/** Says why it cannot accept at the moment, or that it can. Any thread. */
	public void failure(@Nullable Throwable cause) {
		this.failure = cause;
	}

	/**
	 * Accepting has failed. Notifies operators when that begins.
	 * @param warning what the log says
	 * @param cause why
	 * @return whether it is to be logged now
	 */
	public boolean failed(String warning, Throwable cause) {
		this.failure = cause;
		this.failures++;
		if (!this.raised) {
			this.raised = true;
			this.alarms.raise(
					new Alarm(Kind.ACCEPT_FAILED, "connections cannot be accepted " + place() + ": " + cause, cause));
		}
		long now = System.nanoTime();
		boolean warn = !warning.equals(this.lastWarning) || now - this.lastWarningNanos >= WARN_NANOS;
		if (warn) {
			this.lastWarning = warning;
			this.lastWarningNanos = now;
		}
		return warn;
	}

	/**
	 * Whether nothing has failed since the last check. A server that has one descriptor
	 * now and none in a moment still has the same trouble.
	 */
	public boolean isOver() {
		boolean healthy = this.failure == null && this.failures == this.failuresSeen;
		this.failuresSeen = this.failures;
		return healthy;
	}

	/** Notifies operators that accepting works again, if they know that it failed. */
	public void over() {
		if (this.raised) {
			this.raised = false;
			this.alarms.raise(resumed());
		}
	}

	private Alarm resumed() {
		return new Alarm(Kind.ACCEPT_RESUMED, "connections are accepted " + place() + " again", null);
	}

	/** Made when it is told: a listener that never fails does not keep the text. */
	private String place() {
		return ((this.label != null) ? "by " + this.label + " on " : "on ") + Addresses.format(this.address);
	}

}
