package dev.socketserver.engine.server;

import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;

/**
 * What all runs of one listener of a server share: what it is made from now, and what is
 * counted of it. Safe for use by several threads.
 */
public final class ListenerContext {

	private volatile ListenerSpec spec;

	private final LongAdder accepted = new LongAdder();

	private final LongAdder sessions = new LongAdder();

	/**
	 * Creates the context of a listener that has accepted nothing yet.
	 * @param spec what it is made from
	 */
	public ListenerContext(ListenerSpec spec) {
		this.spec = spec;
	}

	/** Returns what it is made from. */
	public ListenerSpec spec() {
		return this.spec;
	}

	/** It is made from something else from now on. */
	void reconfigure(ListenerSpec next) {
		this.spec = next;
	}

	/** A connection was taken from the operating system. */
	void countAccepted() {
		this.accepted.increment();
	}

	/** A session is about to open. */
	void opened() {
		this.sessions.increment();
	}

	/** A session has ended. */
	void ended() {
		this.sessions.decrement();
	}

	/** Returns how many connections were accepted. */
	long accepted() {
		return this.accepted.sum();
	}

	/** Returns how many sessions are open that came by it. */
	long sessions() {
		// A sum is no snapshot: one that opens and ends meanwhile may lack its beginning.
		return Math.max(0, this.sessions.sum());
	}

	/** Returns its status while it does not listen: its address is where it would. */
	ListenerStatus closed() {
		return ListenerStatus.of(this.spec.name(), ListenerState.CLOSED, this.spec.listenOn().address(), accepted(),
				sessions(), null);
	}

}
