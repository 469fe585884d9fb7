package dev.socketserver.framing.bytes;

import java.util.BitSet;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import org.jspecify.annotations.Nullable;

/**
 * Escapes and unescapes payloads as an {@link Escape} says, for one framing. Immutable.
 */
public final class EscapeCodec {

	/** What is sent for each byte; {@code null} for bytes that are sent as they are. */
	private final byte[] @Nullable [] wire = new byte[256][];

	private final List<Escape.Pair> pairs;

	private final int mark;

	private final int mask;

	/** The bytes that begin an escape. */
	private final BitSet marks = new BitSet(256);

	private final int longest;

	/**
	 * Creates the codec.
	 * @param escape the escape
	 * @param own the starts, ends and delimiters of the framing
	 */
	public EscapeCodec(Escape escape, List<byte[]> own) {
		this.pairs = escape.allPairs();
		this.mark = escape.mark();
		this.mask = escape.mask();
		int most = 2;
		for (Escape.Pair pair : this.pairs) {
			this.wire[pair.from() & 0xFF] = pair.to();
			this.marks.set(pair.to()[0] & 0xFF);
			most = Math.max(most, pair.to().length);
			for (byte[] bytes : own) {
				InvalidFramingException.check(
						!Bytes.startsWith(pair.to(), bytes) && !Bytes.startsWith(bytes, pair.to()), "escape", pair,
						"cannot be told from " + ByteValues.format(bytes) + ", which delimits frames");
			}
		}
		this.longest = most;
		if (this.pairs.isEmpty()) {
			useMark(own);
		}
	}

	private void useMark(List<byte[]> own) {
		BitSet escaped = new BitSet(256);
		own.forEach((bytes) -> {
			for (byte value : bytes) {
				escaped.set(value & 0xFF);
			}
		});
		InvalidFramingException.check(!escaped.get(this.mark), "escape.mark", ByteValues.one(this.mark),
				"the byte is part of what delimits frames");
		escaped.set(this.mark);
		escaped.stream().forEach((value) -> {
			int sent = value ^ this.mask;
			InvalidFramingException.check(this.mask == 0 || !escaped.get(sent), "escape.mask",
					ByteValues.one(this.mask), "turns " + ByteValues.one(value) + " into " + ByteValues.one(sent)
							+ ", which must be escaped itself");
			this.wire[value] = new byte[] { (byte) this.mark, (byte) sent };
		});
		this.marks.set(this.mark);
	}

	/** Returns how many bytes one byte of a payload can become at most. */
	public int longest() {
		return this.longest;
	}

	/** Whether a byte begins an escape in which a delimiter could seem to be. */
	public boolean protectsFrom(int value) {
		return (this.mark < 0 || this.mask == 0) && this.marks.get(value);
	}

	/**
	 * Looks for an escape at an index, within which delimiters must be ignored.
	 * @return its length, 0 if there is none, or -1 if more bytes are needed to see that
	 */
	public int protectedLength(byte[] array, int index, int limit) {
		if (this.mark >= 0) {
			return (index + 1 < limit) ? 2 : -1;
		}
		for (Escape.Pair pair : this.pairs) {
			int matching = Bytes.matching(array, index, limit, pair.to());
			if (matching == pair.to().length) {
				return matching;
			}
			if (matching == limit - index) {
				return -1;
			}
		}
		return 0;
	}

	/**
	 * Unescapes a payload in place.
	 * @return the index after the unescaped payload
	 */
	public int unescape(byte[] array, int start, int end) throws FramingException {
		int from = start;
		while (from < end && !this.marks.get(array[from] & 0xFF)) {
			from++;
		}
		int to = from;
		while (from < end) {
			byte value = array[from];
			if (!this.marks.get(value & 0xFF)) {
				array[to++] = value;
				from++;
			}
			else if (this.mark >= 0) {
				if (from + 1 == end) {
					throw broken(array, start, from, end);
				}
				array[to++] = (byte) (array[from + 1] ^ this.mask);
				from += 2;
			}
			else {
				Escape.Pair pair = pair(array, start, from, end);
				array[to++] = pair.from();
				from += pair.to().length;
			}
		}
		return to;
	}

	private Escape.Pair pair(byte[] array, int start, int index, int end) throws FramingException {
		for (Escape.Pair pair : this.pairs) {
			if (Bytes.matching(array, index, end, pair.to()) == pair.to().length) {
				return pair;
			}
		}
		throw broken(array, start, index, end);
	}

	private static FramingException broken(byte[] array, int start, int index, int end) {
		String next = (index + 1 < end) ? "followed by " + ByteValues.one(array[index + 1]) : "the last byte";
		return new FramingException("broken escape: " + ByteValues.one(array[index]) + " at byte " + (index - start)
				+ " of the payload is " + next + ", which is not an escape of this framing");
	}

	/**
	 * Escapes a payload.
	 * @return a new array, or the given one if there is nothing to escape
	 */
	public byte[] escape(byte[] payload) {
		long length = 0;
		for (byte value : payload) {
			byte[] sent = this.wire[value & 0xFF];
			length += (sent != null) ? sent.length : 1;
		}
		if (length == payload.length) {
			return payload;
		}
		byte[] escaped = new byte[Math.toIntExact(length)];
		int to = 0;
		for (byte value : payload) {
			byte[] sent = this.wire[value & 0xFF];
			if (sent == null) {
				escaped[to++] = value;
			}
			else {
				System.arraycopy(sent, 0, escaped, to, sent.length);
				to += sent.length;
			}
		}
		return escaped;
	}

}
