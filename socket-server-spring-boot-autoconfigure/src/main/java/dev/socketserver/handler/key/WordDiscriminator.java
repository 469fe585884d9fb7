package dev.socketserver.handler.key;

import java.nio.charset.Charset;
import java.util.Arrays;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * The text in front of the first space or tab. A frame that begins with one has the empty
 * key.
 *
 * @param charset the charset of the text
 * @param bytewise whether its blanks are the single bytes of ASCII
 */
record WordDiscriminator(Charset charset, boolean bytewise) implements Discriminator, KeyPart<byte[]> {

	private static final KeyPart<String> OF_TEXT = new WordOfText();

	WordDiscriminator(Charset charset) {
		this(charset, Arrays.equals(" \t".getBytes(charset), new byte[] { ' ', '\t' }));
	}

	@Override
	public @Nullable String key(byte[] frame) {
		return this.bytewise ? text(frame) : OF_TEXT.text(new String(frame, this.charset));
	}

	@Override
	public @Nullable KeyPart<byte[]> bytes() {
		return this.bytewise ? this : null;
	}

	@Override
	public @Nullable KeyPart<String> text(PayloadConverter<?> reader) {
		return reader.equals(PayloadConverter.text(this.charset)) ? OF_TEXT : null;
	}

	@Override
	public int symbol(byte[] frame, int index) {
		return (index == frame.length) ? END : symbol(frame[index] & 0xFF);
	}

	/** Returns a symbol as such, or the end of the word if it is a blank. */
	static int symbol(int symbol) {
		return isBlank(symbol) ? END : symbol;
	}

	private static boolean isBlank(int symbol) {
		return symbol == ' ' || symbol == '\t';
	}

	@Override
	public int[] symbols(String key) {
		return BytesDiscriminator.symbols(key.getBytes(this.charset));
	}

	@Override
	public String text(byte[] frame) {
		int end = 0;
		while (symbol(frame, end) != END) {
			end++;
		}
		return Discriminator.normalized(new String(frame, 0, end, this.charset));
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
