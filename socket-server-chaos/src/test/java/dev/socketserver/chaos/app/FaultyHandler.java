package dev.socketserver.chaos.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;

/**
 * Fails as it is told to: {@code throw}, {@code error}, or {@code block 800}, which
 * blocks for so many milliseconds.
 */
@SocketHandler("faulty")
class FaultyHandler {

	private final HandlerLedger counters;

	FaultyHandler(HandlerLedger counters) {
		this.counters = counters;
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	String received(String text, SocketSession session) {
		this.counters.call(session, () -> fail(text));
		return text;
	}

	private static void fail(String how) {
		if (how.equals("throw")) {
			throw new PlannedFault();
		}
		if (how.equals("error")) {
			throw new PlannedError();
		}
		if (how.startsWith("block ")) {
			try {
				new CountDownLatch(1).await(Long.parseLong(how.substring("block ".length())), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
