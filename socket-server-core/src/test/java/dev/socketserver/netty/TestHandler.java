package dev.socketserver.netty;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/** A handler that a test makes of functions, one for each call that matters to it. */
public final class TestHandler implements SessionHandler {

	private final SessionHandler received;

	private Opened opened = (session) -> {
	};

	private Failed failed = (failure, session) -> {
		throw failure;
	};

	private Closed closed = (session, status) -> {
	};

	private TestHandler(SessionHandler received) {
		this.received = received;
	}

	/** Handles payloads as a function does. */
	public static TestHandler of(SessionHandler received) {
		return new TestHandler(received);
	}

	/** Drops payloads without a reply. */
	public static TestHandler quiet() {
		return of((payload, session) -> null);
	}

	public TestHandler opened(Opened opened) {
		this.opened = opened;
		return this;
	}

	public TestHandler failed(Failed failed) {
		this.failed = failed;
		return this;
	}

	public TestHandler closed(Closed closed) {
		this.closed = closed;
		return this;
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		this.opened.opened(session);
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		return this.received.received(payload, session);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		return this.failed.failed(failure, session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.closed.closed(session, status);
	}

	@FunctionalInterface
	public interface Opened {

		void opened(SocketSession session) throws Exception;

	}

	@FunctionalInterface
	public interface Failed {

		@Nullable Object failed(Exception failure, SocketSession session) throws Exception;

	}

	@FunctionalInterface
	public interface Closed {

		void closed(SocketSession session, CloseStatus status) throws Exception;

	}

}
