package dev.socketserver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Calls a {@link ConnectionHandler} with the state of one session, and hands bytes that
 * the handler left unread to it again. Used on the lane of the session only.
 */
final class StatefulSessionHandler<S> implements SessionHandler {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	/**
	 * For handlers that do not override {@code inputEnded}, the session is closed here,
	 * since their default would lose the detail of the status.
	 */
	private static final ClassValue<Boolean> OVERRIDES_INPUT_ENDED = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return type.getMethod("inputEnded", Object.class, SocketSession.class)
					.getDeclaringClass() != ConnectionHandler.class;
			}
			catch (NoSuchMethodException | LinkageError ex) {
				// A native image may not know its methods, and another of them may be of
				// a library that is missing.
				return true;
			}
		}

	};

	private final ConnectionHandler<S> handler;

	private final @Nullable FailureHandler failures;

	/**
	 * Greatest number of bytes handed over at once, and of those that may stay unread.
	 */
	private final int capacity;

	private @Nullable S state;

	private ByteBuffer unread = NOTHING;

	/** The buffer in which something was put after unread bytes, which are there. */
	private ByteBuffer joined = NOTHING;

	/** Whether what a handler leaves unread ends with its datagram. */
	private final boolean datagrams;

	/** The handler has not seen all of the unread bytes yet. */
	private boolean unfinished;

	StatefulSessionHandler(ConnectionHandler<S> handler, @Nullable FailureHandler failures, SessionSpec spec) {
		this.handler = handler;
		this.failures = failures;
		this.datagrams = spec.datagrams();
		// A frame must be handed over whole, and a raw framing that is switchable may be
		// changed to one that has frames.
		this.capacity = spec.unframed() ? spec.readBuffer() : spec.maxFrameBytes();
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		this.state = this.handler.opened(session);
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		handOver(afterUnread((ByteBuffer) payload), session);
		return null;
	}

	@Override
	public boolean unfinished() {
		return this.unfinished;
	}

	@Override
	public boolean hasUnread() {
		return this.unread.hasRemaining();
	}

	@Override
	public void goOn(SocketSession session) throws Exception {
		handOver(this.unread, session);
	}

	private void handOver(ByteBuffer data, SocketSession session) throws Exception {
		int start = data.position();
		int end = data.limit();
		data.limit(Math.min(end, start + this.capacity));
		boolean returned = false;
		try {
			this.state = this.handler.received(this.state, data, session);
			returned = true;
		}
		finally {
			boolean seenAll = returned && data.limit() == end;
			data.limit(end);
			leave(data, !seenAll && data.position() > start && data.hasRemaining());
		}
	}

	/**
	 * Keeps what the handler has left.
	 * @param more whether to call it again at once: it has not seen all, or has thrown,
	 * and so has not said that it needs more for the rest
	 */
	private void leave(ByteBuffer data, boolean more) {
		this.unfinished = more;
		if (data.hasRemaining() && (more || !this.datagrams)) {
			this.unread = data;
		}
		else {
			this.unread = NOTHING;
			this.joined = NOTHING;
		}
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		if (this.failures == null) {
			throw failure;
		}
		return this.failures.failed(failure, session);
	}

	@Override
	public void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		if (OVERRIDES_INPUT_ENDED.get(this.handler.getClass())) {
			this.state = this.handler.inputEnded(this.state, session);
		}
		else {
			session.close(status);
		}
	}

	@Override
	public boolean stalled() {
		return !this.unfinished && this.unread.remaining() >= this.capacity;
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.handler.details(this.state, session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.handler.closed(this.state, session, status);
	}

	private ByteBuffer afterUnread(ByteBuffer arrived) {
		ByteBuffer before = this.unread;
		if (!before.hasRemaining()) {
			return arrived;
		}
		int more = arrived.remaining();
		if (before != this.joined || before.position() > 0 || before.capacity() - before.limit() < more) {
			// With room, or each of many small frames would have all before it copied.
			// Always at 0, where handlers may look for the beginning of what is unread.
			int length = before.remaining();
			before = ByteBuffer.allocate(length + Math.max(length, more)).put(before).flip();
			this.joined = before;
		}
		int end = before.limit();
		return before.limit(end + more).put(end, arrived, arrived.position(), more).order(ByteOrder.BIG_ENDIAN);
	}

}
