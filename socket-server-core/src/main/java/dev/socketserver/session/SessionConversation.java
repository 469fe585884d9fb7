package dev.socketserver.session;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import dev.socketserver.Conversation;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation handler has of its session. Frames are converted on the thread that
 * receives, payloads on the thread that sends.
 */
final class SessionConversation implements Conversation<Object, Object> {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private final BlockingInput frames;

	private final BlockingOutput out;

	private final Session session;

	private final @Nullable PayloadConverter<?> reader;

	private final Payloads writer;

	/**
	 * Creates the conversation.
	 * @param frames where frames come from
	 * @param out where they go
	 * @param session the session
	 * @param reader reads frames, or {@code null} if they have been read already
	 * @param writer writes what is sent
	 */
	SessionConversation(BlockingInput frames, BlockingOutput out, Session session, @Nullable PayloadConverter<?> reader,
			Payloads writer) {
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
		return converted(this.frames.awaitFrame());
	}

	@Override
	public @Nullable Object receive(Duration timeout) throws IOException, TimeoutException {
		boolean longest = timeout.compareTo(LONGEST) >= 0;
		long nanos = longest ? Long.MAX_VALUE : timeout.isNegative() ? 0 : timeout.toNanos();
		return converted(this.frames.awaitFrame(nanos));
	}

	private @Nullable Object converted(@Nullable Object frame) throws IOException {
		return (frame != null && this.reader != null) ? MessageDriver.convert(this.reader, frame) : frame;
	}

	@Override
	public void send(Object payload) throws IOException {
		this.out.send(this.writer.bytes(Objects.requireNonNull(payload, "payload")));
	}

}
