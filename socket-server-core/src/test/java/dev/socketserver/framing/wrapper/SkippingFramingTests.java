package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SkippingFramingTests {

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		Framing fixed = Framings.fixed().size(2).skip((byte) 0).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(fixed, "00 00 00 4142")).containsExactly("4142");
		assertThat(FrameInputs.encodeHex(fixed, "4142")).isEqualTo("4142");
	}

	@Test
	void onlyWhatIsBeforeAFrameIsSkipped() throws FramingException {
		Framing counted = Framing.lengthField().width(1).skip("hex:ff0a0d").build();
		assertThat(FrameInputs.decodeHexAtEverySplit(counted, "0d0a 03ff0aff ff 00 ffff 01ff 0d0a"))
			.containsExactly("ff0aff", "", "ff");
	}

	@Test
	void alsoAfterWhatTheFramingItselfIgnores() throws FramingException {
		Framing counted = Framing.lengthField().width(1).zero(ZeroLength.IGNORE).skip("hex:ff").build();
		assertThat(FrameInputs.decodeHexAtEverySplit(counted, "ff 00 ff 0141 00 ff 00 ff ff 0142 00"))
			.containsExactly("41", "42");
	}

	@Test
	void anUnterminatedLastLineIsStillAFrame() throws FramingException {
		Framing line = Framings.line().skip("hex:0020").build();
		assertThat(FrameInputs.decodeHexAtEverySplit(line, "0000 41200a 2020 42")).containsExactly("4120", "42");
	}

	@Test
	void skippedBytesAreNotKept() throws FramingException {
		FrameDecoder decoder = Framings.line().skip("\\0").build().decoder(10);
		FrameInput in = new FrameInput();
		in.reset(new byte[10_000], 0, 10_000);
		assertThat(decoder.next(in)).isFalse();
		assertThat(in.remaining()).isZero();
	}

	@Test
	void keepsTheTypeAndWhetherItCanBeSwitched() {
		Framing framing = Framings.extending(new NamedFraming(Framings.fixed().size(1).build(), "own", false))
			.skip("\\n")
			.switchable(true)
			.build();
		assertThat(framing.type()).isEqualTo("own");
		assertThat(framing.switchable()).isTrue();
		assertThat(Framings.extending(framing).skip("x").build().switchable()).isTrue();
		assertThat(Framing.line().switchable()).isFalse();
		assertThat(Framings.line().build()).isSameAs(Framing.line());
		assertThat(Framings.line().switchable(true).build().decoder(10)).hasSameClassAs(Framing.line().decoder(10));
	}

}
