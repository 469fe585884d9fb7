package dev.socketserver.payload;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads no payloads: the handler is given frames, and converts each as it sees fit. A
 * frame is a {@code byte[]} or, if it is to have the time at which it was complete, a
 * {@link ReceivedFrame}. Replies to requests are converted as for other handlers.
 */
public final class FrameConverter implements PayloadConverter<Object> {

	private final PayloadConverter<?> replies;

	private final boolean text;

	private final boolean timed;

	/**
	 * Creates a converter.
	 * @param replies reads replies to requests
	 * @param text whether frames are text
	 * @param timed whether frames have the time at which they were complete
	 */
	public FrameConverter(PayloadConverter<?> replies, boolean text, boolean timed) {
		this.replies = Objects.requireNonNull(replies, "replies");
		this.text = text;
		this.timed = timed;
	}

	/**
	 * Returns what reads replies to requests.
	 * @return the converter
	 */
	public PayloadConverter<?> replies() {
		return this.replies;
	}

	@Override
	public Class<Object> type() {
		return Object.class;
	}

	@Override
	public boolean text() {
		return this.text;
	}

	@Override
	public Object read(byte[] source, int offset, int length) {
		byte[] bytes = Arrays.copyOfRange(source, offset, offset + length);
		return this.timed ? new ReceivedFrame(bytes, Instant.now()) : bytes;
	}

	@Override
	public byte[] write(Object payload) {
		throw new UnsupportedOperationException("Only reads frames");
	}

}
