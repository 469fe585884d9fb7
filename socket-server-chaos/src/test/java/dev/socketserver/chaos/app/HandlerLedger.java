package dev.socketserver.chaos.app;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.SocketSession;

/**
 * What the handlers have seen, by server: the other side of the counters of the product.
 */
public class HandlerLedger {

	private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

	private final Map<String, SessionCalls> sessions = new ConcurrentHashMap<>();

	void count(String server, String what) {
		this.counts.computeIfAbsent(server + "." + what, (key) -> new AtomicLong()).incrementAndGet();
	}

	void opened(SocketSession session) {
		count(session.server(), "handler.opened");
		if (this.sessions.put(session.id(), new SessionCalls()) != null) {
			count(session.server(), "handler.violations");
		}
	}

	/** Runs a call; no other of the session may be under way. */
	void call(SocketSession session, Runnable call) {
		SessionCalls calls = this.sessions.get(session.id());
		if (calls == null || !calls.running.compareAndSet(0, 1)) {
			count(session.server(), "handler.violations");
			return;
		}
		count(session.server(), "handler.messages");
		try {
			call.run();
		}
		finally {
			calls.running.set(0);
		}
	}

	void closed(SocketSession session) {
		count(session.server(), "handler.closed");
		SessionCalls calls = this.sessions.remove(session.id());
		if (calls == null || calls.running.get() != 0) {
			count(session.server(), "handler.violations");
		}
	}

	Map<String, Long> counts() {
		Map<String, Long> read = new TreeMap<>();
		this.counts.forEach((key, value) -> read.put(key, value.get()));
		return read;
	}

	/** The calls of one session. */
	private static final class SessionCalls {

		private final AtomicInteger running = new AtomicInteger();

	}

}
