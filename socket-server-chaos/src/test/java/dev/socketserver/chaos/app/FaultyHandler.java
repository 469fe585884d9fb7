package dev.socketserver.chaos.app;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;

/**
 * Fails as it is asked to: {@code throw}, {@code error}, or {@code block}, which blocks
 * until it has been reported as stuck.
 */
@SocketHandler("faulty")
class FaultyHandler {

	/** A call that is never reported ends after this time. */
	private static final long LONGEST_BLOCK = TimeUnit.SECONDS.toNanos(6);

	private final SocketServers servers;

	private final HandlerLedger counters;

	private final AtomicLong blocked = new AtomicLong();

	FaultyHandler(SocketServers servers, HandlerLedger counters) {
		this.servers = servers;
		this.counters = counters;
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	String received(String text, SocketSession session) {
		this.counters.call(session, () -> fail(text, session));
		return text;
	}

	private void fail(String how, SocketSession session) {
		switch (how) {
			case "throw" -> throw new PlannedFault();
			case "error" -> throw new PlannedError();
			case "block" -> block(session.server());
			default -> {
			}
		}
	}

	/** Blocks until as many calls have been reported as have blocked. */
	private void block(String server) {
		this.blocked.incrementAndGet();
		long begun = System.nanoTime();
		while (this.servers.server(server).orElseThrow().statistics().stuckCalls() < this.blocked.get()
				&& System.nanoTime() - begun < LONGEST_BLOCK) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
