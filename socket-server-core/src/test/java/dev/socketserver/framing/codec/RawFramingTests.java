package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RawFramingTests {

	@Test
	void bytesPassAsTheyComeInPiecesOfAtMostTheLimit() throws FramingException {
		assertThat(FrameInputs.decode(Framing.raw().decoder(4), "abcdefghij".getBytes(StandardCharsets.US_ASCII), 5))
			.containsExactly("abcd", "e", "fghi", "j");
		assertThat(FrameInputs.encode(Framing.raw(), "a", "\n")).containsExactly('a', '\n');
	}

}
