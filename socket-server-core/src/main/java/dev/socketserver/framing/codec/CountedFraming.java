package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.TextLength;
import dev.socketserver.framing.bytes.UnframeablePayloadException;

/**
 * Lines of text, of which some say in one of their words how many bytes follow.
 *
 * <pre>
 * BEFORE DECODE, when put, after 0D0A              AFTER DECODE
 * +---------+------+------+------+-------+------+ +-------------------+-------+
 * | "put 3" | 0D0A | "abc"| 0D0A | "get" | 0D0A | | "put 3" 0D0A "abc"| "get" |
 * +---------+------+------+------+-------+------+ +-------------------+-------+
 * </pre>
 */
public final class CountedFraming implements Framing {

	private final byte[] ending;

	private final DelimiterSearch endings;

	private final int word;

	private final List<byte[]> when;

	private final boolean ignoreCase;

	private final byte[] after;

	/**
	 * Creates the framing.
	 * @param ending what ends a line
	 * @param word which word of a line says how many bytes follow, 0 being the first; if
	 * negative, from the last on, which is -1
	 * @param when with which words a line begins that is followed by bytes; all are if
	 * there is none
	 * @param ignoreCase whether the case of their ASCII letters does not matter
	 * @param after what comes behind these bytes
	 */
	public CountedFraming(byte[] ending, int word, List<byte[]> when, boolean ignoreCase, byte[] after) {
		this.ending = ending;
		this.endings = new DelimiterSearch(List.of(ending), null);
		this.word = word;
		this.when = when;
		this.ignoreCase = ignoreCase;
		this.after = after;
	}

	@Override
	public String type() {
		return "counted";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		int found = this.endings.find(payload, 0, payload.length);
		int end = (found >= 0) ? found : payload.length;
		if (!isCounted(payload, 0, end)) {
			out.write(payload);
			out.write(this.ending);
			return;
		}
		int behind = payload.length - end - this.ending.length;
		long count;
		try {
			count = count(payload, 0, end);
		}
		catch (FramingException ex) {
			throw new UnframeablePayloadException("a payload cannot be sent: " + ex.getMessage());
		}
		if (found < 0 || count != behind) {
			throw new UnframeablePayloadException("a payload cannot be sent: its line says that " + count
					+ " bytes follow, and " + ((found < 0) ? "it has no end" : behind + " do"));
		}
		out.write(payload);
		out.write(this.after);
	}

	/** Whether bytes follow a line. */
	private boolean isCounted(byte[] array, int from, int to) {
		if (this.when.isEmpty()) {
			return true;
		}
		int start = TextLength.behindBlanks(array, from, to);
		int end = wordEnd(array, start, to);
		for (byte[] first : this.when) {
			if (end - start == first.length && isWord(array, start, first)) {
				return true;
			}
		}
		return false;
	}

	private boolean isWord(byte[] array, int start, byte[] word) {
		return this.ignoreCase ? Bytes.equalIgnoringCase(array, start, word) : Bytes.equal(array, start, word);
	}

	/** Returns how many bytes a line says that follow it. */
	private long count(byte[] array, int from, int to) throws FramingException {
		int start = TextLength.behindBlanks(array, from, to);
		int end = wordEnd(array, start, to);
		for (int i = (this.word >= 0) ? this.word : words(array, from, to) + this.word; i > 0; i--) {
			start = TextLength.behindBlanks(array, end, to);
			end = wordEnd(array, start, to);
		}
		if (start == end || this.word < 0 && words(array, from, to) < -this.word) {
			throw new FramingException("a line has " + words(array, from, to) + " words, but word " + this.word
					+ " says how many bytes follow it");
		}
		return TextLength.read(array, start, end, "the word that says how many bytes follow a line");
	}

	private static int words(byte[] array, int from, int to) {
		int words = 0;
		int start = TextLength.behindBlanks(array, from, to);
		while (start < to) {
			words++;
			start = TextLength.behindBlanks(array, wordEnd(array, start, to), to);
		}
		return words;
	}

	private static int wordEnd(byte[] array, int from, int to) {
		int index = from;
		while (index < to && !TextLength.isBlank(array[index])) {
			index++;
		}
		return index;
	}

	private final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		/** At how many bytes from the position on no line ends, as was found before. */
		private int searched;

		/** How many bytes the payload has; negative while its line is not complete. */
		private int length = -1;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			if (this.length < 0) {
				int found = CountedFraming.this.endings.find(in.array(), in.position() + this.searched, in.limit());
				this.searched = ((found < 0) ? DelimiterSearch.undecided(found) : found) - in.position();
				if (this.searched > this.maxFrameBytes) {
					throw LineFraming.tooLarge(this.maxFrameBytes);
				}
				if (found < 0) {
					return false;
				}
				this.searched = 0;
				int next = found + CountedFraming.this.ending.length;
				if (!isCounted(in.array(), in.position(), found)) {
					in.frame(in.position(), found, next);
					return true;
				}
				this.length = length(count(in.array(), in.position(), found) + next - in.position());
			}
			if (!TextLength.frame(in, this.length, CountedFraming.this.after, "the bytes that follow a line")) {
				return false;
			}
			this.length = -1;
			return true;
		}

		private int length(long bytes) throws FramingException {
			if (bytes > this.maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + bytes + " bytes announced", this.maxFrameBytes);
			}
			return (int) bytes;
		}

	}

}
