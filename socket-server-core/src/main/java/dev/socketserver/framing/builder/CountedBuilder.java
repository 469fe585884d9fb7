package dev.socketserver.framing.builder;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.codec.CountedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code counted} framing: lines of text, of which some say in one of their
 * words how many bytes follow, as in the protocols of memcached and NATS. A frame is such
 * a line with these bytes, and the payload all of it without what comes after. Other
 * lines are frames alone, without their ending. {@code limits.frame} counts the whole
 * payload.
 * <p>
 * A received line is refused if the word is missing, or is no decimal number of 1 to 18
 * digits. A payload that is sent, and begins with such a line, must have as many bytes
 * behind it as it says. Otherwise sending fails with a
 * {@link dev.socketserver.payload.PayloadException}. Any other payload is sent as a line,
 * and is not searched for line ends.
 */
public final class CountedBuilder extends AbstractFramingBuilder<CountedBuilder> {

	private LineEnding ending = LineEnding.CRLF;

	private int word = -1;

	private List<String> when = List.of();

	private boolean ignoreCase;

	private byte @Nullable [] after;

	CountedBuilder() {
	}

	/**
	 * {@code ending}: what ends a line, in both directions. Default
	 * {@link LineEnding#CRLF}: an LF alone is part of the line.
	 * @param ending the ending; not {@link LineEnding#NONE}
	 * @return this builder
	 */
	public CountedBuilder ending(LineEnding ending) {
		this.ending = ending;
		return this;
	}

	/**
	 * {@code word}: which word of a line says how many bytes follow. Words are separated
	 * by blanks and tabs. Default -1, the last.
	 * @param word 0 for the first word, 1 for the second; -1 for the last, -2 for the one
	 * in front of that
	 * @return this builder
	 */
	public CountedBuilder word(int word) {
		this.word = word;
		return this;
	}

	/**
	 * {@code when}: the first words of lines that are followed by bytes. Others are
	 * frames alone. Default none, which means all lines.
	 * @param words the words, in upper and lower case as they are sent, unless
	 * {@link #ignoreCase} is set
	 * @return this builder
	 */
	public CountedBuilder when(String... words) {
		this.when = List.of(words);
		return this;
	}

	/**
	 * {@code ignore-case}: whether the words of {@link #when} are compared without regard
	 * to the case of their ASCII letters. Default {@code false}.
	 * @param ignoreCase the value
	 * @return this builder
	 */
	public CountedBuilder ignoreCase(boolean ignoreCase) {
		this.ignoreCase = ignoreCase;
		return this;
	}

	/**
	 * {@code after}: what comes behind the bytes that were counted, and is not part of
	 * the payload. Default the {@link #ending}.
	 * @param bytes the bytes, as {@link ByteValues} reads them; may be none
	 * @return this builder
	 */
	public CountedBuilder after(String bytes) {
		return after(ByteValues.parse(bytes));
	}

	/**
	 * {@code after}: as {@link #after(String)}.
	 * @param bytes the bytes; may be none
	 * @return this builder
	 */
	public CountedBuilder after(byte... bytes) {
		this.after = bytes.clone();
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.ending != LineEnding.NONE, "ending", "none",
				"no line would ever end: use crlf or lf");
		for (String word : this.when) {
			InvalidFramingException.check(!word.isEmpty() && !word.matches(".*\\s.*"), "when", word,
					"must be one word, without blanks");
		}
		byte[] ending = this.ending.text().getBytes(StandardCharsets.US_ASCII);
		Stream<byte[]> words = this.when.stream().map((word) -> word.getBytes(StandardCharsets.UTF_8));
		return new CountedFraming(ending, this.word, words.toList(), this.ignoreCase,
				(this.after != null) ? this.after : ending);
	}

}
