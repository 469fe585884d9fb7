package dev.socketserver.exchange.targets;

import java.nio.charset.Charset;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.PeerAccess;
import dev.socketserver.operator.SessionOperations;

/**
 * How a text leaves.
 *
 * @param framing makes a frame of its bytes
 * @param charset makes bytes of it
 */
public record Encoding(Framing framing, Charset charset) {

	static Encoding of(SessionSpec spec) {
		return new Encoding(spec.framing(), spec.charset());
	}

	/**
	 * Returns how a session sends now. It keeps the framing with which it began when
	 * settings change, and may have got another.
	 */
	static Stream<Encoding> of(SocketSession session) {
		if (session instanceof SessionOperations open) {
			PeerAccess peer = open.peer();
			return Stream.of(new Encoding(peer.framing(), peer.charset()));
		}
		return Stream.empty();
	}

	/**
	 * Returns a text, and what follows it in its frame.
	 * @param text the bytes of the text, at least one
	 * @return both
	 */
	public byte[] sent(byte[] text) {
		TextOutput out = new TextOutput(text);
		try {
			this.framing.encode(text, out);
		}
		catch (RuntimeException ex) {
			// It refuses the text when it is sent, too: the usual end is good enough
			// here.
			out = new TextOutput(text);
			out.write(text);
			this.framing.ends().stream().limit(1).forEach(out::write);
		}
		return out.sent();
	}

	/** Collects what is written from the text on. */
	private static final class TextOutput implements FrameOutput {

		private final byte[] text;

		private final CollectedOutput collected = new CollectedOutput();

		private boolean found;

		TextOutput(byte[] text) {
			this.text = text;
		}

		@Override
		public void writeByte(int value) {
			if (this.found) {
				this.collected.writeByte(value);
			}
		}

		@Override
		public void writeInt(int value) {
			if (this.found) {
				this.collected.writeInt(value);
			}
		}

		@Override
		@SuppressWarnings("ReferenceEquality") // what is in front may have the same bytes
		public void write(byte[] bytes) {
			this.found |= bytes == this.text;
			if (this.found) {
				this.collected.write(bytes);
			}
		}

		/** A framing that makes other bytes of the text has none of it. */
		byte[] sent() {
			return this.found ? this.collected.toByteArray() : this.text;
		}

	}

}
