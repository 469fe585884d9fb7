package dev.socketserver.test;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import org.jspecify.annotations.Nullable;

/**
 * How the test client makes frames of bytes and bytes of frames. Raw data, lines and
 * 4-byte lengths are written apart from the server's on purpose, as plainly as possible,
 * so that the two ends cannot share a mistake. All other framings are the server's own:
 * to write each of them twice would double what can be wrong without testing more than
 * the framing's own tests do, and an application's framing cannot be written again here.
 * Where that is not good enough, a test says the bytes itself, with {@code sendRaw} and
 * {@code expectBytes}.
 */
abstract class ClientFraming {

	/** Bytes as they come; whatever has arrived is a frame. */
	static final ClientFraming RAW = new ClientFraming("piece of data") {

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

	};

	/** A line ends with LF, or with CRLF. */
	private static final ClientFraming LINE = new ClientFraming("line") {

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

	};

	/** Four bytes of length, the highest first, then that many bytes. */
	private static final ClientFraming LENGTH_FIELD = new ClientFraming("frame") {

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

		private int announced(Unread unread) {
			return ByteBuffer.wrap(unread.all(), 0, Integer.BYTES).getInt();
		}

	};

	private static final Map<Framing, ClientFraming> PLAIN = Map.of(Framing.raw(), RAW, Framing.line(), LINE,
			Framing.lengthField().build(), LENGTH_FIELD);

	private final String frameWord;

	private ClientFraming(String frameWord) {
		this.frameWord = frameWord;
	}

	/** Returns a framing for one connection. */
	static ClientFraming of(Framing framing) {
		ClientFraming plain = PLAIN.get(framing);
		if (plain != null) {
			return plain;
		}
		return framing.passThrough() ? RAW : new OfServer(framing);
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

	/** The server's own framing, seen from the other end. */
	private static final class OfServer extends ClientFraming {

		private final Framing framing;

		private FrameDecoder decoder;

		/** How many bytes had been taken when the decoder was last asked. */
		private long taken;

		OfServer(Framing framing) {
			super("line".equals(framing.type()) ? "line" : "frame");
			this.framing = framing;
			this.decoder = framing.decoder(Integer.MAX_VALUE);
		}

		@Override
		byte[] encode(byte[] payload) {
			CollectedOutput frame = new CollectedOutput();
			this.framing.encode(payload, frame);
			return frame.toByteArray();
		}

		@Override
		byte @Nullable [] decode(Unread unread) {
			if (unread.taken() != this.taken) {
				// The test took bytes itself; what the decoder knew is no longer true.
				this.decoder = this.framing.decoder(Integer.MAX_VALUE);
			}
			byte[] all = unread.all();
			FrameInput in = new FrameInput();
			in.reset(all, 0, all.length);
			try {
				boolean found = this.decoder.next(in);
				unread.take(in.position());
				return found ? Arrays.copyOfRange(all, in.frameStart(), in.frameEnd()) : null;
			}
			catch (FramingException ex) {
				throw new AssertionError(
						"Expected a frame, but received " + Escaped.of(all) + ", which is none: " + ex.getMessage(),
						ex);
			}
			finally {
				this.taken = unread.taken();
			}
		}

		@Override
		String explain(Unread unread) {
			return ", which is no whole frame of " + this.framing.type() + " framing";
		}

	}

}
