package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.Conversation;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.ObservedMessage;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Conversation} that a handler gets. Frames are converted on the thread that
 * receives, payloads on the thread that sends.
 */
final class SessionConversation implements Conversation<Object, Object> {

	private final BlockingInput frames;

	private final BlockingOutput out;

	private final InvokedSession session;

	private final @Nullable PayloadConverter<?> reader;

	private final Payloads writer;

	/** The frame that the thread of the session is handling, if it is observed. */
	private @Nullable ObservedMessage observed;

	/**
	 * Creates the conversation.
	 * @param frames where frames are read from
	 * @param out where they go
	 * @param session the session
	 * @param reader reads frames, or {@code null} if they have been read already
	 * @param writer writes what is sent
	 */
	SessionConversation(BlockingInput frames, BlockingOutput out, InvokedSession session,
			@Nullable PayloadConverter<?> reader, Payloads writer) {
		this.frames = frames;
		this.out = out;
		this.session = session;
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	public SocketSession session() {
		return this.session;
	}

	@Override
	public @Nullable Object receive() throws IOException {
		MessageObserver observer = beforeFrame();
		return taken(this.frames.awaitFrame(), observer);
	}

	@Override
	public @Nullable Object receive(Duration timeout) throws IOException, TimeoutException {
		long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(timeout));
		MessageObserver observer = beforeFrame();
		return taken(this.frames.awaitFrame(nanos), observer);
	}

	/**
	 * Ends the observation of the last frame: a handler that asks for the next one has
	 * done with it.
	 */
	private @Nullable MessageObserver beforeFrame() {
		MessageObserver observer = this.session.state().diagnostics().observer();
		// Only the thread of the session is observed, since handling has to end on the
		// thread on which it began.
		if (observer == null || !this.session.runsHere()) {
			return null;
		}
		handled(null);
		return observer;
	}

	private @Nullable Object taken(@Nullable Object frame, @Nullable MessageObserver observer) throws IOException {
		LoginPhase login = (frame != null) ? this.session.input().room().login() : null;
		if (login != null && !login.countMessage()) {
			throw this.session.state().closedException(null);
		}
		if (frame != null && observer != null) {
			this.observed = ObservedMessage.begin(observer, this.session, frame);
		}
		return converted(frame);
	}

	/**
	 * The handler has done with the frame that it has, if it has one. On its thread.
	 * @param failure what it has thrown instead, or {@code null}
	 */
	void handled(@Nullable Throwable failure) {
		ObservedMessage last = this.observed;
		if (last != null) {
			this.observed = null;
			if (failure != null) {
				last.failed(failure);
			}
			last.returned();
			last.ended();
		}
	}

	private @Nullable Object converted(@Nullable Object frame) throws IOException {
		return (frame != null && this.reader != null) ? Payloads.read(this.reader, frame) : frame;
	}

	@Override
	public void send(Object payload) throws IOException {
		this.out.send(this.writer.bytes(Objects.requireNonNull(payload, "payload")));
	}

}
