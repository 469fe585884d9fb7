package dev.socketserver.engine.input;

import java.util.stream.Stream;

import dev.socketserver.framing.FrameInput;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the beginning of a session's input, where a peer that has connected to
 * the wrong port shows which protocol it speaks. Immutable. All sessions share the few
 * values there are, so that none becomes larger.
 */
final class FirstFrame {

	/** Nothing was decoded or dropped. */
	static final FirstFrame AWAITED = new FirstFrame(null);

	/** It was decoded: whatever arrives later shows nothing. */
	static final FirstFrame DECODED = new FirstFrame(null);

	/** What was dropped in front of it looks like no known protocol. */
	private static final FirstFrame UNKNOWN = new FirstFrame(null);

	/** What was dropped in front of it looks like the protocol of that ordinal. */
	private static final FirstFrame[] RECOGNISED = Stream.of(WrongProtocol.values())
		.map(FirstFrame::new)
		.toArray(FirstFrame[]::new);

	private final @Nullable WrongProtocol protocol;

	private FirstFrame(@Nullable WrongProtocol protocol) {
		this.protocol = protocol;
	}

	boolean isDecoded() {
		return this == DECODED;
	}

	/**
	 * The framing has dropped bytes.
	 * @param bytes holds them, and what was received after them
	 * @param start the index of the first
	 * @param end the index after the last that is there
	 * @param proxied whether a PROXY header may have preceded it
	 * @return what is known now
	 */
	FirstFrame dropped(byte[] bytes, int start, int end, boolean proxied) {
		if (this != AWAITED) {
			return this;
		}
		WrongProtocol found = WrongProtocol.of(bytes, start, end, proxied);
		return (found != null) ? RECOGNISED[found.ordinal()] : UNKNOWN;
	}

	/**
	 * Adds to a detail which protocol the peer seems to speak, if it has sent no frame
	 * yet.
	 * @param detail the detail
	 * @param bytes holds what was received last
	 * @param start the index of the first byte
	 * @param end the index after the last
	 * @param proxied whether a PROXY header may have preceded it
	 */
	String explain(String detail, byte[] bytes, int start, int end, boolean proxied) {
		WrongProtocol found = (this == AWAITED) ? WrongProtocol.of(bytes, start, end, proxied) : this.protocol;
		return (found != null) ? detail + ": " + found.phrase() : detail;
	}

	/**
	 * Returns what is to be said of a peer that has ended its output.
	 * @param rest what was received and is no frame
	 * @param proxied whether a PROXY header may have preceded it
	 * @return a detail, or {@code null} for none
	 */
	@Nullable String explainEnd(FrameInput rest, boolean proxied) {
		int count = rest.remaining();
		if (count > 0) {
			return explain("the peer closed within a frame, after " + count + " bytes of it", rest.array(),
					rest.position(), rest.limit(), proxied);
		}
		if (this == UNKNOWN) {
			return "the peer closed before a frame, and what it had sent was dropped";
		}
		return (this.protocol != null) ? "the peer closed before a frame: " + this.protocol.phrase() : null;
	}

}
