package dev.socketserver.framing.builder;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.wrapper.RejectingFraming;

/**
 * Describes a {@code delimiter} framing: each frame ends with one of several sequences of
 * bytes. Empty frames are frames, too. Bytes without a delimiter at the end of the stream
 * are not a frame. If delimiters overlap, the one that begins first ends the frame. A
 * payload that is sent is not searched for delimiters, unless there is an
 * {@link #escape}, or {@link #rejectEmbedded(boolean) embedded} is {@code reject}.
 */
public final class DelimiterBuilder extends AbstractFramingBuilder<DelimiterBuilder> {

	private List<byte[]> delimiters = List.of();

	private boolean keep;

	private int after;

	private boolean rejectEmbedded;

	DelimiterBuilder() {
	}

	/**
	 * {@code delimiters}: the sequences of bytes that end a frame. The first one ends
	 * frames that are sent. Required.
	 * @param delimiters the delimiters, as {@link ByteValues} reads them: at least one,
	 * none of them empty, and none may begin with another
	 * @return this builder
	 * @throws IllegalArgumentException if one cannot be read
	 */
	public DelimiterBuilder delimiters(String... delimiters) {
		List<byte[]> parsed = new ArrayList<>();
		for (String delimiter : delimiters) {
			parsed.add(ByteValues.parse(delimiter));
		}
		return delimiters(parsed);
	}

	/**
	 * {@code delimiters}: the sequences of bytes that end a frame. The first one ends
	 * frames that are sent. Required.
	 * @param delimiters the delimiters: at least one, none of them empty, and none may
	 * begin with another
	 * @return this builder
	 */
	public DelimiterBuilder delimiters(List<byte[]> delimiters) {
		this.delimiters = delimiters.stream().map(byte[]::clone).toList();
		return this;
	}

	/**
	 * {@code keep}: whether the delimiter is part of the payload, and counts for
	 * {@code limits.frame}. If so, a delimiter is added only to payloads that are sent
	 * without one at their end. Default {@code false}.
	 * @param keep the value
	 * @return this builder
	 */
	public DelimiterBuilder keep(boolean keep) {
		this.keep = keep;
		return this;
	}

	/**
	 * {@code after}: how many bytes behind the delimiter belong to the frame, such as a
	 * check sum. They are the last bytes of the payload, in both directions, whatever
	 * they are: they are neither escaped nor searched for a delimiter. A payload that is
	 * sent must have as many. Default 0.
	 * @param bytes the number; not together with {@link #keep}
	 * @return this builder
	 */
	public DelimiterBuilder after(int bytes) {
		this.after = bytes;
		return this;
	}

	/**
	 * {@code embedded}: whether a payload to be sent that contains a delimiter is
	 * refused, after it was escaped: nothing of it is sent, and sending fails with a
	 * {@link dev.socketserver.payload.PayloadException}. Default {@code false}, for
	 * {@code allow}.
	 * @param reject {@code true} for {@code reject}
	 * @return this builder
	 */
	public DelimiterBuilder rejectEmbedded(boolean reject) {
		this.rejectEmbedded = reject;
		return this;
	}

	@Override
	List<byte[]> ownBytes() {
		return this.delimiters;
	}

	@Override
	List<byte[]> keptBytes() {
		return this.keep ? this.delimiters : List.of();
	}

	@Override
	Framing create() {
		InvalidFramingException.check(!this.delimiters.isEmpty(), "delimiters", "", "needs at least one");
		for (byte[] delimiter : this.delimiters) {
			InvalidFramingException.check(delimiter.length > 0, "delimiters", "", "a delimiter has at least one byte");
			for (byte[] other : this.delimiters) {
				InvalidFramingException.check(other == delimiter || !Bytes.startsWith(other, delimiter), "delimiters",
						ByteValues.format(delimiter), "the delimiter " + ByteValues.format(other)
								+ " begins with it, so that where a frame ends would depend on what comes later");
			}
		}
		DelimiterFraming framing = new DelimiterFraming(this.delimiters, this.keep, escapeCodec());
		checkAfter(this.after);
		InvalidFramingException.check(this.after == 0 || !this.keep, "after", this.after,
				"keep is true: what follows the delimiter cannot be the end of a payload that has the delimiter in it");
		return after(
				this.rejectEmbedded ? new RejectingFraming(framing, framing.ends(), this.keep, escapeCodec()) : framing,
				this.after);
	}

}
