package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Feeds a decoder as the engine does: bytes arrive in pieces, what is left over moves to
 * another array between two calls, and the end of the stream is last.
 */
public final class FrameInputs {

	private FrameInputs() {
	}

	/**
	 * Decodes bytes that arrive in pieces of the given sizes, the last one being the
	 * rest.
	 */
	public static List<String> decode(FrameDecoder decoder, byte[] bytes, int... pieces) throws FramingException {
		return decode(decoder, (frame) -> new String(frame, StandardCharsets.UTF_8), bytes, pieces);
	}

	/** As {@link #decode}, with frames and bytes in hexadecimal. */
	public static List<String> decodeHex(FrameDecoder decoder, String hex, int... pieces) throws FramingException {
		return decode(decoder, HexFormat.of()::formatHex, hex(hex), pieces);
	}

	/**
	 * Decodes bytes at once, cut in two at every place and one by one, which must all
	 * give the same.
	 */
	public static List<String> decodeHexAtEverySplit(Framing framing, String hex) throws FramingException {
		List<String> frames = decodeHex(framing.decoder(1000), hex);
		int length = hex(hex).length;
		for (int first = 0; first <= length; first++) {
			assertThat(decodeHex(framing.decoder(1000), hex, first)).as("cut at %s", first).isEqualTo(frames);
		}
		int[] single = new int[length];
		Arrays.fill(single, 1);
		assertThat(decodeHex(framing.decoder(1000), hex, single)).as("byte by byte").isEqualTo(frames);
		return frames;
	}

	/** The bytes of hexadecimal digits, with blanks anywhere. */
	public static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	/** The hexadecimal digits of text. */
	public static String hexOf(String text) {
		return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * As {@link #decode}, and then what was dropped, or that the rest was refused.
	 */
	public static List<String> outcome(Framing framing, int maxFrameBytes, byte[] bytes, int... pieces) {
		List<String> frames = new ArrayList<>();
		FrameInput input = new FrameInput();
		try {
			decode(framing.decoder(maxFrameBytes), HexFormat.of()::formatHex, input, frames, bytes, pieces);
		}
		catch (FramingException ex) {
			frames.add("refused");
		}
		Map<DropReason, Integer> dropped = input.takeDropped();
		frames.add((dropped != null) ? dropped.toString() : "{}");
		return frames;
	}

	private static List<String> decode(FrameDecoder decoder, Function<byte[], String> print, byte[] bytes,
			int... pieces) throws FramingException {
		List<String> frames = new ArrayList<>();
		decode(decoder, print, new FrameInput(), frames, bytes, pieces);
		return frames;
	}

	private static void decode(FrameDecoder decoder, Function<byte[], String> print, FrameInput input,
			List<String> frames, byte[] bytes, int... pieces) throws FramingException {
		byte[] kept = new byte[0];
		int position = 0;
		for (int i = 0; i <= pieces.length; i++) {
			int size = (i < pieces.length) ? pieces[i] : bytes.length - position;
			// Odd offsets and a new array each time: a decoder must not remember indices.
			int offset = 1 + i % 5;
			byte[] array = new byte[offset + kept.length + size + 3];
			Arrays.fill(array, (byte) '\n');
			System.arraycopy(kept, 0, array, offset, kept.length);
			System.arraycopy(bytes, position, array, offset + kept.length, size);
			position += size;
			input.reset(array, offset, offset + kept.length + size);
			while (next(decoder, input)) {
				frames.add(print.apply(frame(input)));
			}
			kept = Arrays.copyOfRange(array, input.position(), input.limit());
		}
		if (kept.length > 0) {
			input.reset(kept, 0, kept.length);
			frames.add(decoder.last(input) ? print.apply(frame(input)) : "left over: " + kept.length);
		}
	}

	/** Goes on behind bad frames, as the engine does, and counts them. */
	public static boolean next(FrameDecoder decoder, FrameInput input) throws FramingException {
		while (true) {
			try {
				return decoder.next(input);
			}
			catch (FramingException ex) {
				if (!decoder.recover(input)) {
					throw ex;
				}
				input.dropped(DropReason.BAD, 1);
			}
		}
	}

	public static byte[] frame(FrameInput input) {
		return Arrays.copyOfRange(input.array(), input.frameStart(), input.frameEnd());
	}

	public static String encodeHex(Framing framing, String... payloads) {
		CollectedOutput output = new CollectedOutput();
		for (String payload : payloads) {
			framing.encode(hex(payload), output);
		}
		return HexFormat.of().formatHex(output.toByteArray());
	}

	public static byte[] encode(Framing framing, List<byte[]> payloads) {
		CollectedOutput output = new CollectedOutput();
		payloads.forEach((payload) -> framing.encode(payload, output));
		return output.toByteArray();
	}

	public static byte[] encode(Framing framing, String... payloads) {
		CollectedOutput output = new CollectedOutput();
		for (String payload : payloads) {
			framing.encode(payload.getBytes(StandardCharsets.UTF_8), output);
		}
		return output.toByteArray();
	}

}
