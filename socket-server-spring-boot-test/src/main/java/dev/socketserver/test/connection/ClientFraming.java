package dev.socketserver.test.connection;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of bytes, and bytes of frames, for the test client. Raw data, lines and
 * 4-byte lengths are written here once more, as plainly as possible, so that client and
 * server cannot share a mistake. All other framings are the server's own: writing each of
 * them twice would double what can be wrong without testing more than the tests of the
 * framing do, and an application's framing cannot be written here. A test for which that
 * is not good enough writes the bytes itself, with {@code sendRaw} and
 * {@code expectBytes}.
 */
public abstract class ClientFraming {

	/** Bytes as they are received; whatever has arrived is a frame. */
	public static final ClientFraming RAW = new OfPieces("piece of data", (unread) -> unread.length() > 0);

	/** A datagram is a frame. */
	private static final ClientFraming DATAGRAM = new OfPieces("datagram", Unread::hasRead);

	/** A line ends with LF, or with CRLF. */
	private static final ClientFraming LINE = new ClientFraming("line") {

		@Override
		public byte[] encode(byte[] payload) {
			byte[] frame = Arrays.copyOf(payload, payload.length + 1);
			frame[payload.length] = '\n';
			return frame;
		}

		@Override
		public byte @Nullable [] decode(Unread unread) {
			int newline = unread.indexOf((byte) '\n');
			if (newline < 0) {
				return null;
			}
			byte[] line = unread.take(newline + 1);
			boolean carriageReturn = newline > 0 && line[newline - 1] == '\r';
			return Arrays.copyOf(line, carriageReturn ? newline - 1 : newline);
		}

		@Override
		public String explain(Unread unread) {
			return (unread.indexOf((byte) '\n') < 0) ? " without a line end" : "";
		}

	};

	/** Four bytes of length, the highest first, and then that many bytes. */
	private static final ClientFraming LENGTH_FIELD = new ClientFraming("frame") {

		@Override
		public byte[] encode(byte[] payload) {
			return ByteBuffer.allocate(Integer.BYTES + payload.length).putInt(payload.length).put(payload).array();
		}

		@Override
		public byte @Nullable [] decode(Unread unread) {
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
		public String explain(Unread unread) {
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

	/**
	 * Returns a framing for one connection of datagrams: one of them is a frame, unless
	 * they have whole frames.
	 */
	public static ClientFraming ofDatagrams(Framing framing) {
		return "raw".equals(framing.type()) ? DATAGRAM : of(framing);
	}

	/** Returns a framing for one connection. */
	public static ClientFraming of(Framing framing) {
		ClientFraming plain = PLAIN.get(framing);
		if (plain != null) {
			return plain;
		}
		return framing.passThrough() ? RAW : new OfServer(framing);
	}

	/** Returns what failure messages call a frame. */
	public String frameWord() {
		return this.frameWord;
	}

	public abstract byte[] encode(byte[] payload);

	/**
	 * Takes a frame, if it has arrived as a whole.
	 * @return its payload, or {@code null}
	 */
	public abstract byte @Nullable [] decode(Unread unread);

	/**
	 * Says why what has arrived is not a frame, for failure messages.
	 * @return a phrase, empty if there is nothing to say
	 */
	public abstract String explain(Unread unread);

	/** What has arrived is a frame, whatever it is. */
	private static final class OfPieces extends ClientFraming {

		private final Predicate<Unread> arrived;

		OfPieces(String frameWord, Predicate<Unread> arrived) {
			super(frameWord);
			this.arrived = arrived;
		}

		@Override
		public byte[] encode(byte[] payload) {
			return payload;
		}

		@Override
		public byte @Nullable [] decode(Unread unread) {
			return this.arrived.test(unread) ? unread.take(unread.length()) : null;
		}

		@Override
		public String explain(Unread unread) {
			return "";
		}

	}

	/** The server's own framing, used by the client. */
	private static final class OfServer extends ClientFraming {

		private final Framing framing;

		private FrameDecoder decoder;

		/** How many bytes had been taken after the last call of the decoder. */
		private long taken;

		OfServer(Framing framing) {
			super("line".equals(framing.type()) ? "line" : "frame");
			this.framing = framing;
			this.decoder = framing.decoder(Integer.MAX_VALUE);
		}

		@Override
		public byte[] encode(byte[] payload) {
			CollectedOutput frame = new CollectedOutput();
			this.framing.encode(payload, frame);
			return frame.toByteArray();
		}

		@Override
		public byte @Nullable [] decode(Unread unread) {
			if (unread.taken() != this.taken) {
				// The test itself has taken bytes, so that the state of the decoder is
				// wrong.
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
		public String explain(Unread unread) {
			return ", which is not a whole frame of " + this.framing.type() + " framing";
		}

	}

}
