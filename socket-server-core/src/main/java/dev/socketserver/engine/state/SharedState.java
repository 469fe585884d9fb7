package dev.socketserver.engine.state;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import dev.socketserver.spec.Heartbeat;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of all sessions share that have begun with the same settings. Safe for
 * use by several threads.
 */
public final class SharedState {

	/** The version of settings that were never changed. */
	public static final long FIRST_VERSION = 1;

	private final long version;

	private final Counters counters;

	private final MemoryBudget memory;

	private final Diagnostics diagnostics;

	private final @Nullable HeartbeatMessages heartbeat;

	/** With what has changed for open sessions, too, since the first of them began. */
	private volatile SessionSpec spec;

	/**
	 * Creates what sessions share whose settings were never changed.
	 * @param spec what the sessions are made from
	 * @param counters what is counted of all sessions
	 * @param memory what all sessions of the application may hold
	 * @param diagnostics who watches the calls of handlers, and what is logged of them
	 */
	public SharedState(SessionSpec spec, Counters counters, MemoryBudget memory, Diagnostics diagnostics) {
		this(spec, FIRST_VERSION, counters, memory, diagnostics);
	}

	/**
	 * Creates what sessions share.
	 * @param spec what the sessions are made from
	 * @param version the version of these settings
	 * @param counters what is counted of all sessions
	 * @param memory what all sessions of the application may hold
	 * @param diagnostics who watches the calls of handlers, and what is logged of them
	 */
	public SharedState(SessionSpec spec, long version, Counters counters, MemoryBudget memory,
			Diagnostics diagnostics) {
		this.spec = spec;
		this.version = version;
		this.counters = counters;
		this.memory = memory;
		this.diagnostics = diagnostics;
		Heartbeat beats = spec.heartbeat();
		this.heartbeat = (beats != null) ? new HeartbeatMessages(beats, spec.charset()) : null;
	}

	/**
	 * Returns what the sessions are made from, and what has changed for them since.
	 * @return the specification
	 */
	public SessionSpec spec() {
		return this.spec;
	}

	/**
	 * Other settings are in force now: takes what holds for sessions that have begun,
	 * too.
	 * @param next what sessions are made from that begin now
	 */
	public void followedBy(SessionSpec next) {
		this.spec = this.spec.followedBy(next);
	}

	/**
	 * Returns the version of the settings that the sessions have begun with.
	 * @return the version
	 */
	public long version() {
		return this.version;
	}

	/**
	 * Returns what is counted of all sessions.
	 * @return the counters
	 */
	public Counters counters() {
		return this.counters;
	}

	/**
	 * Returns what all sessions of the application may hold.
	 * @return the budget
	 */
	public MemoryBudget memory() {
		return this.memory;
	}

	/**
	 * Returns who watches the calls of handlers, and what is logged of them.
	 * @return the diagnostics
	 */
	public Diagnostics diagnostics() {
		return this.diagnostics;
	}

	/**
	 * Returns the messages by which the two sides show that they are there.
	 * @return the messages, or {@code null} if they have none
	 */
	public @Nullable HeartbeatMessages heartbeat() {
		return this.heartbeat;
	}

}
