package dev.socketserver.chaos.app;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;

/**
 * Asks its peer back: {@code ask 300 abc} has it send {@code abc} as a request, and
 * answer with what becomes of that.
 */
@SocketHandler("asks")
class AskingHandler {

	private final HandlerLedger counters;

	AskingHandler(HandlerLedger counters) {
		this.counters = counters;
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	CompletionStage<String> received(String text, SocketSession session) {
		String[] words = text.split(" ", 3);
		this.counters.count(session.server(), "handler.messages");
		this.counters.count(session.server(), "asks.submitted");
		AtomicInteger outcomes = new AtomicInteger();
		return session.ask(words[2], Duration.ofMillis(Long.parseLong(words[1]))).handle((reply, failure) -> {
			this.counters.count(session.server(), "asks.completed");
			if (outcomes.incrementAndGet() > 1) {
				this.counters.count(session.server(), "handler.violations");
			}
			if (failure == null) {
				return "reply " + reply;
			}
			return (failure instanceof TimeoutException) ? "timeout" : "failure";
		});
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
