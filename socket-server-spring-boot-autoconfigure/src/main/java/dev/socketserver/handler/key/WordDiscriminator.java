package dev.socketserver.handler.key;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The text in front of the first space or tab. A frame that begins with one has the empty
 * key.
 *
 * @param charset the charset of the text
 * @param bytewise whether its blanks are the single bytes of ASCII
 */
record WordDiscriminator(Charset charset, boolean bytewise) implements Discriminator, KeyBytes {

	WordDiscriminator(Charset charset) {
		this(charset, Arrays.equals(" \t".getBytes(charset), new byte[] { ' ', '\t' }));
	}

	@Override
	public String key(byte[] frame) {
		return this.bytewise ? word(frame, this.charset)
				: word(new String(frame, this.charset).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

	private static String word(byte[] text, Charset charset) {
		return Discriminator.normalized(new String(text, 0, endOf(text), charset));
	}

	private static int endOf(byte[] text) {
		int end = 0;
		while (end < text.length && !isBlank(text[end])) {
			end++;
		}
		return end;
	}

	private static boolean isBlank(int character) {
		return character == ' ' || character == '\t';
	}

	@Override
	public @Nullable KeyBytes bytes() {
		return this.bytewise ? this : null;
	}

	@Override
	public int begin() {
		return 0;
	}

	@Override
	public int end(byte[] frame) {
		return endOf(frame);
	}

	@Override
	public byte[] of(String key) {
		return key.getBytes(this.charset);
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
