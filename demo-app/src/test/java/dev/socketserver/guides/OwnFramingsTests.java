package dev.socketserver.guides;

import java.util.HexFormat;
import java.util.Map;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.test.FramingTester;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The framings of {@code docs/guides/more-framings.md}, with frames of their protocols.
 */
class OwnFramingsTests {

	/** IEEE 1815, 9.2.4, and frames that opendnp3 has in its tests. */
	@Test
	void dnp3() {
		byte[] reset = hex("056405c001000004e921");
		byte[] read = hex("05640bd301000100426dc0c001000006e366");
		byte[] two = hex("056419c4030004009924000102030405060708090a0b0c0d0e0fec1010111213ddbb");
		FramingTester tester = FramingTester.of(new Dnp3Framing())
			.encodes(hex("056400c001000004"), reset)
			.decodes(reset, hex("056405c001000004"))
			.decodes(read, hex("05640bd301000100c0c001000006"))
			.decodes(two, hex("056419c403000400000102030405060708090a0b0c0d0e0f10111213"));
		tester.decodes(join(reset, two, read, read, reset), hex("056405c001000004"),
				hex("056419c403000400000102030405060708090a0b0c0d0e0f10111213"), hex("05640bd301000100c0c001000006"),
				hex("05640bd301000100c0c001000006"), hex("056405c001000004"));
		two[20] ^= 1;
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decode(new Dnp3Framing(), 300, two))
			.withMessage("the CRC of a block is wrong");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> decode(new Dnp3Framing(), 10, hex("056419c4030004009924")));
	}

	/** SEMI E4, 7: an S1F1 and its answer, each behind ENQ and EOT, and acknowledged. */
	@Test
	void secs() throws FramingException {
		FramingTester.of(new SecsFraming())
			.encodes(hex("00018101800100000003"), hex("0a000181018001000000030107"))
			.encodes(hex("06"), hex("06"))
			.decodes(hex("05 0a000181018001000000030107 06 05 0c80010102800100000003010001 09 15 04".replace(" ", "")),
					hex("05"), hex("00018101800100000003"), hex("06"), hex("05"), hex("800101028001000000030100"),
					hex("15"), hex("04"));

		FrameInput in = decode(new SecsFraming(), 300, hex("050a00018101800100000003010806"));
		assertThat(in.takeReplies()).isEqualTo(hex("15"));
		assertThat(in.takeDropped()).isEqualTo(Map.of(DropReason.BAD, 1, DropReason.CHECKSUM, 1));
	}

	/** CLSI LIS1-A, 6: ENQ, frames with their numbers, EOT. */
	@Test
	void astm() throws FramingException {
		byte[] session = "\5\0021H|\\^&\r\3E5\r\n\0022P|1\r\0033F\r\n\0023L|1|N\r\00306\r\n\4".getBytes(ISO_8859_1);
		FramingTester.of(AstmFraming.create())
			.encodes("2P|1\r\3", "\0022P|1\r\0033F\r\n")
			.decodes(session, hex("05"), "1H|\\^&\r\3".getBytes(ISO_8859_1), "2P|1\r\3".getBytes(ISO_8859_1),
					"3L|1|N\r\3".getBytes(ISO_8859_1), hex("04"));

		FrameInput in = decode(AstmFraming.create(), 300, "\0022P|1\r\00340\r\n\4".getBytes(ISO_8859_1));
		assertThat(in.takeReplies()).isEqualTo(hex("15"));
		assertThat(in.takeDropped()).isEqualTo(Map.of(DropReason.CHECKSUM, 1));
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> decode(AstmFraming.create(), 4, "\0022P|1\r\00333".getBytes(ISO_8859_1)));
	}

	private static FrameInput decode(Framing framing, int max, byte[] bytes) throws FramingException {
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		FrameDecoder decoder = framing.decoder(max);
		while (next(decoder, in)) {
			assertThat(in.frameEnd()).isGreaterThan(in.frameStart());
		}
		return in;
	}

	/**
	 * Goes on behind a bad frame where the decoder does, and counts it, as the engine
	 * does.
	 */
	private static boolean next(FrameDecoder decoder, FrameInput in) throws FramingException {
		try {
			return decoder.next(in);
		}
		catch (FramingException ex) {
			if (!decoder.recover(in)) {
				throw ex;
			}
			in.dropped(DropReason.BAD, 1);
			return next(decoder, in);
		}
	}

	private static byte[] join(byte[]... parts) {
		StringBuilder all = new StringBuilder();
		for (byte[] part : parts) {
			all.append(HexFormat.of().formatHex(part));
		}
		return hex(all.toString());
	}

	private static byte[] hex(String digits) {
		return HexFormat.of().parseHex(digits);
	}

}
