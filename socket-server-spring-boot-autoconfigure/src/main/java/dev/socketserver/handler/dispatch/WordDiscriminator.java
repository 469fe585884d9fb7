package dev.socketserver.handler.dispatch;

import java.nio.charset.Charset;

import org.jspecify.annotations.Nullable;

/**
 * The text in front of the first space or tab. A frame that begins with one has the empty
 * key.
 *
 * @param charset the charset of the text
 */
record WordDiscriminator(Charset charset) implements Discriminator {

	@Override
	public String key(byte[] frame) {
		int end = 0;
		while (end < frame.length && !isBlank(frame[end])) {
			end++;
		}
		return Discriminator.normalized(new String(frame, 0, end, this.charset));
	}

	private static boolean isBlank(int character) {
		return character == ' ' || character == '\t';
	}

	@Override
	public @Nullable String impossible(String key) {
		if (key.chars().anyMatch(WordDiscriminator::isBlank)) {
			return "a word ends at a blank";
		}
		return new String(key.getBytes(this.charset), this.charset).equals(key) ? null
				: "the charset " + this.charset + " does not have it";
	}

	@Override
	public String toString() {
		return "word";
	}

}
