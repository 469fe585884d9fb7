package dev.socketserver.chaos.app;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

/**
 * Answers with what it is sent. A few lines mean something else: {@code id},
 * {@code whoami}, {@code close}, and {@code send 20}, for so many lines that are sent
 * with callbacks.
 */
@SocketHandler({ "line", "loop", "tls", "proxy", "target", "small", "sums", "canary" })
class EchoHandler {

	private final HandlerLedger counters;

	EchoHandler(HandlerLedger counters) {
		this.counters = counters;
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	@Nullable String received(String text, SocketSession session) {
		AtomicReference<@Nullable String> reply = new AtomicReference<>();
		this.counters.call(session, () -> reply.set(reply(text, session)));
		return reply.get();
	}

	private @Nullable String reply(String text, SocketSession session) {
		if (text.equals("id")) {
			return session.id();
		}
		if (text.equals("whoami")) {
			return session.remoteAddress().getAddress().getHostAddress() + ":" + session.remoteAddress().getPort();
		}
		if (text.equals("close")) {
			session.close();
			return null;
		}
		if (text.startsWith("send ")) {
			int count = Integer.parseInt(text.substring("send ".length()));
			for (int i = 0; i < count; i++) {
				send(session, "sent " + i);
			}
			return null;
		}
		return text;
	}

	private void send(SocketSession session, String text) {
		this.counters.count(session.server(), "sends.submitted");
		AtomicBoolean called = new AtomicBoolean();
		session.send(text, (failure) -> {
			this.counters.count(session.server(), "sends.called");
			if (!called.compareAndSet(false, true)) {
				this.counters.count(session.server(), "handler.violations");
			}
		});
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
