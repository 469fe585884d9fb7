package dev.socketserver.test;

import java.nio.ByteBuffer;
import java.util.Arrays;

import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * The framings of the test client: written apart from those of the server on purpose, as
 * plainly as possible.
 */
enum ClientFraming {

	/** Bytes as they come; whatever has arrived is a frame. */
	RAW("raw", "piece of data") {

		@Override
		byte[] encode(byte[] payload) {
			return payload;
		}

		@Override
		byte @Nullable [] decode(Unread unread) {
			return (unread.length() > 0) ? unread.take(unread.length()) : null;
		}

		@Override
		String explain(Unread unread) {
			return "";
		}

	},

	/** A line ends with LF, or with CRLF. */
	LINE("line", "line") {

		@Override
		byte[] encode(byte[] payload) {
			byte[] frame = Arrays.copyOf(payload, payload.length + 1);
			frame[payload.length] = '\n';
			return frame;
		}

		@Override
		byte @Nullable [] decode(Unread unread) {
			int newline = unread.indexOf((byte) '\n');
			if (newline < 0) {
				return null;
			}
			byte[] line = unread.take(newline + 1);
			boolean carriageReturn = newline > 0 && line[newline - 1] == '\r';
			return Arrays.copyOf(line, carriageReturn ? newline - 1 : newline);
		}

		@Override
		String explain(Unread unread) {
			return (unread.indexOf((byte) '\n') < 0) ? " without a line end" : "";
		}

	},

	/** Four bytes of length, the highest first, then that many bytes. */
	LENGTH_FIELD("length-field", "frame") {

		@Override
		byte[] encode(byte[] payload) {
			return ByteBuffer.allocate(Integer.BYTES + payload.length).putInt(payload.length).put(payload).array();
		}

		@Override
		byte @Nullable [] decode(Unread unread) {
			if (unread.length() < Integer.BYTES) {
				return null;
			}
			int length = announced(unread);
			if (length < 0 || unread.length() - Integer.BYTES < length) {
				return null;
			}
			unread.take(Integer.BYTES);
			return unread.take(length);
		}

		@Override
		String explain(Unread unread) {
			return (unread.length() < Integer.BYTES) ? " (a length has 4 bytes)"
					: " (the length says " + announced(unread) + " bytes)";
		}

		private static int announced(Unread unread) {
			return ByteBuffer.wrap(unread.all(), 0, Integer.BYTES).getInt();
		}

	};

	private final String type;

	private final String frameWord;

	ClientFraming(String type, String frameWord) {
		this.type = type;
		this.frameWord = frameWord;
	}

	static ClientFraming of(Framing framing) {
		return Arrays.stream(values())
			.filter((known) -> known.type.equals(framing.type()))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("SocketTestClient does not speak " + framing.type()
					+ " framing. Connect to the port with raw framing, and use sendRaw and expectBytes"));
	}

	/** What failure messages call a frame. */
	String frameWord() {
		return this.frameWord;
	}

	abstract byte[] encode(byte[] payload);

	/**
	 * Takes a frame.
	 * @return its payload, or {@code null} if it has not arrived whole
	 */
	abstract byte @Nullable [] decode(Unread unread);

	/**
	 * Says why what has arrived is not a frame, for failure messages.
	 * @return a phrase, or nothing
	 */
	abstract String explain(Unread unread);

}
