package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;

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
