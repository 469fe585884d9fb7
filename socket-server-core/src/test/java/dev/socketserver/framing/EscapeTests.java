package dev.socketserver.framing;

import java.util.List;

import dev.socketserver.framing.builder.DelimiterBuilder;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EscapeTests {

	private static final Escape JT808 = Escape.pairs(Escape.pair("hex:7e", "hex:7d02"),
			Escape.pair("hex:7d", "hex:7d01"));

	private static DelimiterBuilder delimiter() {
		return Framings.delimiter().delimiters("hex:7e");
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		Framing pairs = delimiter().escape(JT808).build();
		Framing mark = delimiter().escape(Escape.mark(0x7d, 0x20)).build();
		assertThat(FrameInputs.encodeHex(pairs, "317e7d")).isEqualTo("317d027d017e");
		assertThat(FrameInputs.decodeHexAtEverySplit(pairs, "317d027d017e")).containsExactly("317e7d");
		assertThat(FrameInputs.encodeHex(mark, "317e7d")).isEqualTo("317d5e7d5d7e");
		assertThat(FrameInputs.decodeHexAtEverySplit(mark, "317d5e7d5d7e")).containsExactly("317e7d");
	}

	@Test
	void aMarkEscapesAnyByteOfAPeer() throws FramingException {
		// PPP escapes control characters until both sides have agreed not to.
		Framing mark = delimiter().escape(Escape.mark(0x7d, 0x20)).build();
		assertThat(FrameInputs.decodeHex(mark.decoder(10), "7d21 7d31 7e")).containsExactly("0111");
	}

	@Test
	void alsoALineAndALengthCanBeEscaped() throws FramingException {
		Framing line = Framings.line().escape(Escape.pairs(Escape.pair("%", "%25"), Escape.pair("\\n", "%0a"))).build();
		assertThat(FrameInputs.encode(line, "5%\n6")).asString().isEqualTo("5%25%0a6\n");
		assertThat(FrameInputs.decode(line.decoder(10), "5%25%0a6\nlast%0a".getBytes())).containsExactly("5%\n6",
				"last\n");
		assertThat(FrameInputs.decode(line.decoder(10), "cut%0".getBytes())).containsExactly("left over: 5");
		Framing counted = Framing.lengthField().width(1).escape(JT808).build();
		assertThat(FrameInputs.encodeHex(counted, "7e41")).isEqualTo("037d0241");
		assertThat(FrameInputs.decodeHexAtEverySplit(counted, "037d0241")).containsExactly("7e41");
	}

	@Test
	void aDelimiterThatIsKeptIsNeitherEscapedNorTakenForAnEscape() throws FramingException {
		Framing pairs = delimiter().keep(true).escape(JT808).build();
		assertThat(FrameInputs.encodeHex(pairs, "317e327d7e", "7e", "", "31")).isEqualTo("317d02327d017e7e7e317e");
		assertThat(FrameInputs.decodeHexAtEverySplit(pairs, "317d02327d017e7e317e")).containsExactly("317e327d7e", "7e",
				"317e");
		Framing backslash = Framings.delimiter()
			.delimiters("\n", "\r\n")
			.keep(true)
			.escape(Escape.mark(0x5c, 0))
			.build();
		assertThat(FrameInputs.encode(backslash, "a\n", "b\nc\r\n", "d\\")).asString()
			.isEqualTo("a\nb\\\nc\r\nd\\\\\n");
		assertThat(FrameInputs.decode(backslash.decoder(10), "a\nb\\\nc\r\n".getBytes())).containsExactly("a\n",
				"b\nc\r\n");
		// The delimiter begins as an escape does.
		Framing shared = Framings.delimiter()
			.delimiters("%;")
			.keep(true)
			.escape(Escape.pairs(Escape.pair("%", "%p")))
			.build();
		assertThat(FrameInputs.encode(shared, "5%%;")).asString().isEqualTo("5%p%;");
		assertThat(FrameInputs.decode(shared.decoder(10), "5%p%;".getBytes())).containsExactly("5%%;");
	}

	@Test
	void whatCouldNotBeReadBackIsNotBuilt() {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Escape.pair("hex:7d02", "hex:7e"))
			.withMessageContaining("escape.from is hex:7d02, but must be one byte, the payload's");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Escape.pair("a", "b"))
			.withMessageContaining("escape.to is hex:62");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Escape.pairs(Escape.pair("hex:7e", "hex:7d02")))
			.withMessageContaining("0x7e → hex:7d02, but the first byte of 'to', 0x7d, is not escaped itself");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Escape.pairs(Escape.pair("a", "a1"), Escape.pair("b", "a12")))
			.withMessageContaining("another 'to' begins with the same bytes");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Escape.pairs(Escape.pair("a", "a1"), Escape.pair("a", "a2")))
			.withMessageContaining("another pair for the same byte");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(Escape::pairs)
			.withMessageContaining("at least one pair");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Escape.mark(256, 0));
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Escape.mark(1, -1));
	}

	@Test
	void whatCouldBeTakenForADelimiterIsNotBuilt() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> delimiter().escape(Escape.mark(0x7e, 0)).build())
			.withMessageContaining("escape.mark is 0x7e, but the byte is part of what delimits frames");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> delimiter().delimiters("hex:7e", "hex:5e").escape(Escape.mark(0x7d, 0x20)).build())
			.withMessageContaining("escape.mask is 0x20, but turns 0x5e into 0x7e");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> delimiter().escape(Escape.pairs(Escape.pair("hex:7e", "hex:7e7e"))).build())
			.withMessageContaining("cannot be told from hex:7e, which delimits frames");
	}

	@Test
	void rawBytesHaveNothingToEscapeOrSkip() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.extending(Framing.raw()).escape(JT808).build())
			.withMessageContaining("raw has no frames");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.extending(Framing.raw()).skip("x").build())
			.withMessageContaining("raw has no frames");
	}

	@Test
	void theEndOfTheStreamHidesNoFrameThatIsTooLongOrBroken() throws FramingException {
		Framing line = Framings.line().escape(Escape.mark('%', 0x40)).build();
		assertThat(FrameInputs.decode(line.decoder(4), "a%Jbc".getBytes())).containsExactly("a\nbc");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(line.decoder(4), "abcde".getBytes()));
		assertThat(FrameInputs.decode(line.decoder(4), "abc%".getBytes())).containsExactly("left over: 4");
	}

	@Test
	void aMarkKeepsTheEndsOfALineOutOfIt() throws FramingException {
		Framing line = Framings.line().escape(Escape.mark('%', 0x40)).build();
		assertThat(FrameInputs.encode(line, "a\nb\r")).asString().isEqualTo("a%Jb%M\n");
		assertThat(FrameInputs.decode(line.decoder(10), "a%Jb%M\n".getBytes())).containsExactly("a\nb\r");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.line().escape(Escape.mark('%', 0)).build())
			.withMessageContaining("escape is set, but has a line end in it");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(
				() -> Framings.line().escape(Escape.pairs(Escape.pair("\n", "%\n"), Escape.pair("%", "%%"))).build())
			.withMessageContaining("escape is set, but has a line end in it");
	}

	@Test
	void aMarkIsRefusedWhereItWouldNotKnowTheDelimiters() {
		Escape mark = Escape.mark(0x7d, 0x20);
		for (Framing framing : List.of(Framing.delimiter(";"), FramingPreset.MLLP.framing(), Framing.line(),
				FramingPreset.JT808.framing())) {
			assertThatExceptionOfType(InvalidFramingException.class)
				.isThrownBy(() -> Framings.extending(framing).escape(mark).build())
				.withMessageContaining("escape.mark is 0x7d, but the delimiters of ");
			assertThatExceptionOfType(InvalidFramingException.class)
				.isThrownBy(() -> Framings.switching().when("a", framing).escape(mark).build())
				.withMessageContaining("escape.mark is 0x7d, but the delimiters of ");
		}
		assertThat(FrameInputs.encodeHex(Framings.extending(FramingPreset.DNS.framing()).escape(mark).build(), "7d"))
			.isEqualTo("00027d5d");
	}

}
