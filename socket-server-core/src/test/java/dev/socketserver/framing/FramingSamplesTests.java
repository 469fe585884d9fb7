package dev.socketserver.framing;

import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FramingSamplesTests {

	private static void assertRefused(Framing framing, String sample, String... message) {
		org.assertj.core.api.ThrowableAssertAlternative<IllegalArgumentException> refused = assertThatIllegalArgumentException()
			.isThrownBy(() -> FramingSamples.check(framing, sample.getBytes(), 10));
		for (String part : message) {
			refused.withMessageContaining(part);
		}
	}

	@Test
	void oneFrameThatSurvivesIsFine() {
		assertThatCode(() -> {
			FramingSamples.check(Framing.line(), "abc\n".getBytes(), 10);
			FramingSamples.check(Framing.line(), "abc".getBytes(), 10);
			FramingSamples.check(Framing.lengthField().width(1).zero(ZeroLength.IGNORE).build(),
					new byte[] { 0, 1, 65 }, 10);
			FramingSamples.check(FramingPreset.SLIP.framing(), FrameInputs.hex("c0dbdcc0"), 10);
		}).doesNotThrowAnyException();
	}

	@Test
	void anythingElseIsExplained() {
		assertRefused(Framing.line(), "", "the sample has no frame in its 0 bytes");
		assertRefused(Framing.line(), "a\nb\n", "the sample is more than one frame: another ends at byte 4");
		assertRefused(Framing.delimiter(";"), "a;b", "has 1 byte behind the frame, which ends at byte 2");
		assertRefused(Framings.switching().when("abc", Framing.fixed(9)).otherwise(Framing.fixed(1)).build(), "ab",
				"has 1 byte behind the frame, which ends at byte 1");
		assertRefused(Framing.delimiter(";"), "ab",
				"is not a whole frame: its last 2 bytes, from byte 0 on, are only the beginning of one");
		assertRefused(Framing.lengthField().build(), "\0\0\0\177", "is not a frame, at byte 0: frame of 127 bytes",
				"limits.frame is 10 bytes");
		assertRefused(Framing.lengthField().width(1).strip(0).build(), "\1a",
				"payload of 2 bytes that is different when it is sent and received again: 3 bytes, the first difference "
						+ "at byte 0");
		assertRefused(Framing.lengthField().width(1).offset(1).strip(1).build(), "x\1a",
				"its payload, sent and received again, is not a frame, at byte 0");
	}

	@Test
	void aPayloadThatCannotBeSentIsExplained() {
		Framing receiving = new Framing() {

			@Override
			public String type() {
				return "receiving";
			}

			@Override
			public FrameDecoder decoder(int maxFrameBytes) {
				return Framing.line().decoder(maxFrameBytes);
			}

			@Override
			public void encode(byte[] payload, FrameOutput out) {
				throw new IllegalArgumentException("only receives");
			}

		};
		assertRefused(receiving, "a\n", "has a payload that cannot be sent again: only receives");
	}

	@Test
	void aFramingThatRemembersIndicesIsFoundOut() {
		Framing forgetful = new Framing() {

			@Override
			public String type() {
				return "forgetful";
			}

			@Override
			public FrameDecoder decoder(int maxFrameBytes) {
				return (in) -> {
					if (in.remaining() == 0) {
						return false;
					}
					in.frame(in.position(), in.limit(), in.limit());
					return true;
				};
			}

			@Override
			public void encode(byte[] payload, FrameOutput out) {
				out.write(payload);
			}

		};
		assertRefused(forgetful, "ab", "received byte by byte, is more than one frame");
	}

}
