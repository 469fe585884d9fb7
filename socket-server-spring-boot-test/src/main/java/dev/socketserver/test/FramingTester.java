package dev.socketserver.test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.test.connection.Escaped;

/**
 * Tests a {@link Framing} without a server and without a context. Bytes are decoded in
 * one piece, byte by byte, and split in two at each place, since TCP may divide them
 * anywhere: all must give the same frames. Texts are in UTF-8.
 */
public final class FramingTester {

	private static final int DEFAULT_MAX_FRAME = 64 * 1024;

	private final Framing framing;

	private final int maxFrameBytes;

	private FramingTester(Framing framing, int maxFrameBytes) {
		this.framing = framing;
		this.maxFrameBytes = maxFrameBytes;
	}

	/**
	 * Creates a tester, with the default of {@code limits.frame}, 64 KB.
	 * @param framing the framing
	 * @return the tester
	 */
	public static FramingTester of(Framing framing) {
		return new FramingTester(framing, DEFAULT_MAX_FRAME);
	}

	/**
	 * Returns a tester with another limit.
	 * @param bytes the longest frame, in bytes
	 * @return the tester
	 */
	public FramingTester maxFrameBytes(int bytes) {
		return new FramingTester(this.framing, bytes);
	}

	/**
	 * Expects a payload to be sent as these bytes.
	 * @param payload the payload
	 * @param bytes the bytes
	 * @return this tester
	 * @throws AssertionError if it is not
	 */
	public FramingTester encodes(String payload, String bytes) {
		return encodes(utf8(payload), utf8(bytes));
	}

	/**
	 * Does with bytes what {@link #encodes(String, String)} does.
	 * @param payload the payload
	 * @param bytes the bytes
	 * @return this tester
	 * @throws AssertionError if it is not sent as these bytes
	 */
	public FramingTester encodes(byte[] payload, byte[] bytes) {
		byte[] frame = encode(payload);
		if (!Arrays.equals(frame, bytes)) {
			throw new AssertionError("Expected " + Escaped.of(payload) + " to be sent as " + Escaped.of(bytes)
					+ ", but it was " + Escaped.of(frame));
		}
		return this;
	}

	/**
	 * Expects bytes to be exactly these frames, with nothing after them.
	 * @param bytes the bytes
	 * @param payloads the payloads of the frames
	 * @return this tester
	 * @throws AssertionError if they are not
	 */
	public FramingTester decodes(String bytes, String... payloads) {
		return decodes(utf8(bytes), Stream.of(payloads).map(FramingTester::utf8).toArray(byte[][]::new));
	}

	/**
	 * Does with bytes what {@link #decodes(String, String...)} does.
	 * @param bytes the bytes
	 * @param payloads the payloads of the frames
	 * @return this tester
	 * @throws AssertionError if they are not exactly these frames
	 */
	public FramingTester decodes(byte[] bytes, byte[]... payloads) {
		String expected = text(List.of(payloads));
		pieces(bytes).forEach((pieces) -> {
			String found;
			try {
				found = text(decode(pieces));
			}
			catch (FramingException ex) {
				throw new AssertionError(
						"Expected " + expected + " of " + where(pieces) + ", but they were refused: " + ex.getMessage(),
						ex);
			}
			if (!found.equals(expected)) {
				throw new AssertionError("Expected " + expected + " of " + where(pieces) + ", but found " + found);
			}
		});
		return this;
	}

	/**
	 * Expects payloads to be the same when they were sent and received.
	 * @param payloads the payloads
	 * @return this tester
	 * @throws AssertionError if they are not
	 */
	public FramingTester carries(String... payloads) {
		CollectedOutput all = new CollectedOutput();
		for (String payload : payloads) {
			this.framing.encode(utf8(payload), all);
		}
		return decodes(all.toByteArray(), Stream.of(payloads).map(FramingTester::utf8).toArray(byte[][]::new));
	}

	/**
	 * Expects bytes to be refused, however they are split.
	 * @param bytes the bytes
	 * @return this tester
	 * @throws AssertionError if they are not
	 */
	public FramingTester refuses(String bytes) {
		return refuses(utf8(bytes));
	}

	/**
	 * Does with bytes what {@link #refuses(String)} does.
	 * @param bytes the bytes
	 * @return this tester
	 * @throws AssertionError if they are not refused
	 */
	public FramingTester refuses(byte[] bytes) {
		pieces(bytes).forEach((pieces) -> {
			try {
				throw new AssertionError(
						"Expected " + where(pieces) + " to be refused, but found " + text(decode(pieces)));
			}
			catch (FramingException ex) {
				// As expected.
			}
		});
		return this;
	}

	private byte[] encode(byte[] payload) {
		CollectedOutput output = new CollectedOutput();
		this.framing.encode(payload, output);
		return output.toByteArray();
	}

	/** All at once, byte by byte, and split in two at each place. */
	private static Stream<List<byte[]>> pieces(byte[] bytes) {
		Stream<List<byte[]>> whole = Stream.of(List.of(bytes));
		Stream<List<byte[]>> each = Stream
			.of(IntStream.range(0, bytes.length).mapToObj((i) -> new byte[] { bytes[i] }).toList());
		Stream<List<byte[]>> split = IntStream.range(1, bytes.length)
			.mapToObj((i) -> List.of(Arrays.copyOf(bytes, i), Arrays.copyOfRange(bytes, i, bytes.length)));
		return Stream.of(whole, each, split).flatMap((pieces) -> pieces);
	}

	/** Returns the frames, and, as the last, what is left. */
	private List<byte[]> decode(List<byte[]> pieces) throws FramingException {
		FrameDecoder decoder = this.framing.decoder(this.maxFrameBytes);
		FrameInput input = new FrameInput();
		List<byte[]> frames = new ArrayList<>();
		byte[] kept = {};
		for (byte[] piece : pieces) {
			byte[] all = Arrays.copyOf(kept, kept.length + piece.length);
			System.arraycopy(piece, 0, all, kept.length, piece.length);
			input.reset(all, 0, all.length);
			while (decoder.next(input)) {
				frames.add(Arrays.copyOfRange(all, input.frameStart(), input.frameEnd()));
			}
			kept = Arrays.copyOfRange(all, input.position(), all.length);
		}
		if (kept.length > 0) {
			input.reset(kept, 0, kept.length);
			if (decoder.last(input)) {
				frames.add(Arrays.copyOfRange(kept, input.frameStart(), input.frameEnd()));
			}
			else {
				throw new AssertionError("Expected whole frames in " + where(pieces) + ", but " + Escaped.of(kept)
						+ " is left behind " + text(frames));
			}
		}
		return frames;
	}

	private static String where(List<byte[]> pieces) {
		return pieces.stream().map(Escaped::of).toList() + ((pieces.size() > 1) ? " (in pieces)" : "");
	}

	private static String text(List<byte[]> frames) {
		return ((frames.size() == 1) ? "the frame " : "the frames ") + frames.stream().map(Escaped::of).toList();
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
