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

	private final BlockingDriver driver;

	private final Session session;

	private final @Nullable PayloadConverter<?> input;

	private final Payloads output;

	/**
	 * Creates the conversation.
	 * @param driver where frames come from and go
	 * @param session the session
	 * @param input reads frames, or {@code null} if they have been read already
	 * @param output writes what is sent
	 */
	SessionConversation(BlockingDriver driver, Session session, @Nullable PayloadConverter<?> input, Payloads output) {
		this.driver = driver;
		this.session = session;
		this.input = input;
		this.output = output;
	}

	@Override
	public SocketSession session() {
		return this.session;
	}

	@Override
	public @Nullable Object receive() throws IOException {
		return converted(this.driver.awaitFrame());
	}

	@Override
	public @Nullable Object receive(Duration timeout) throws IOException, TimeoutException {
		boolean longest = timeout.compareTo(LONGEST) >= 0;
		long nanos = longest ? Long.MAX_VALUE : timeout.isNegative() ? 0 : timeout.toNanos();
		return converted(this.driver.awaitFrame(nanos));
	}

	private @Nullable Object converted(@Nullable Object frame) throws IOException {
		return (frame != null && this.input != null) ? MessageDriver.convert(this.input, frame) : frame;
	}

	@Override
	public void send(Object payload) throws IOException {
		this.driver.send(this.output.bytes(Objects.requireNonNull(payload, "payload")));
	}

}
