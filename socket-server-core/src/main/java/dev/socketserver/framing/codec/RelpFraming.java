package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.LengthCodec;
import dev.socketserver.framing.bytes.TextLength;
import dev.socketserver.framing.bytes.UnframeablePayloadException;

/**
 * RELP frames, as rsyslog sends them. The payload has no length, and neither a blank nor
 * data if there are none.
 *
 * <pre>
 * BEFORE DECODE                                 AFTER DECODE
 * +----------+-----+--------+----+             +----------+--------+
 * | "1 open" | " 3"| " a=b" | 0A |          ↔  | "1 open" | " a=b" |
 * +----------+-----+--------+----+             +----------+--------+
 * | "2 close"| " 0"|        | 0A |          ↔  | "2 close"|        |
 * +----------+-----+--------+----+             +----------+--------+
 * </pre>
 */
public final class RelpFraming implements Framing {

	private static final byte END = '\n';

	@Override
	public String type() {
		return "relp";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> decode(in, maxFrameBytes);
	}

	private static boolean decode(FrameInput in, int maxFrameBytes) throws FramingException {
		byte[] array = in.array();
		int start = in.position();
		int limit = in.limit();
		int number = Field.NUMBER.end(array, start, limit);
		int command = Field.COMMAND.endBehind(array, number, limit);
		int length = Field.LENGTH.endBehind(array, command, limit);
		if (length == limit) {
			return false;
		}
		long count = TextLength.read(array, command + 1, length, "the length");
		long payload = command - start + ((count > 0) ? 1 + count : 0);
		if (payload > maxFrameBytes) {
			throw new FrameTooLargeException("frame of " + payload + " bytes announced", maxFrameBytes);
		}
		int end = length + (int) ((array[length] == ' ') ? 1 + count : 0);
		if (array[length] != ' ' && count > 0) {
			throw unexpected(array[length], "behind the length", "a blank");
		}
		if (end >= limit) {
			return false;
		}
		if (array[end] != END) {
			throw unexpected(array[end], "behind the data", ByteValues.one(END));
		}
		int from = start;
		if (count > 0) {
			// Number and command move up to the blank in front of the data.
			from = length - (command - start);
			System.arraycopy(array, start, array, from, command - start);
		}
		in.frame(from, (count > 0) ? end : command, end + 1);
		return true;
	}

	private static FramingException unexpected(byte found, String where, String expected) {
		return new FramingException(where + " is " + ByteValues.one(found) + ", where " + expected + " was expected");
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		int command;
		try {
			int number = Field.NUMBER.end(payload, 0, payload.length);
			command = Field.COMMAND.endBehind(payload, number, payload.length);
			if (number == payload.length || command == number + 1) {
				throw new FramingException("it has no command");
			}
			Field.blank(payload, command);
		}
		catch (FramingException ex) {
			throw new UnframeablePayloadException("a payload cannot be sent: " + ex.getMessage());
		}
		int count = Math.max(0, payload.length - command - 1);
		String length = " " + count;
		if (length.length() > 1 + Field.LENGTH.most) {
			throw LengthCodec.tooLarge(count, Field.LENGTH.most + " digits");
		}
		out.write(payload, 0, command);
		out.write(length.getBytes(StandardCharsets.US_ASCII));
		if (count > 0) {
			out.write(payload, command, 1 + count);
		}
		out.writeByte(END);
	}

	/** A word in front of the data. */
	private enum Field {

		NUMBER("transaction number", 9),

		COMMAND("command", 32),

		LENGTH("length", 9);

		private final String title;

		private final int most;

		Field(String title, int most) {
			this.title = title;
			this.most = most;
		}

		private boolean accepts(byte value) {
			return (this == COMMAND) ? value >= 'a' && value <= 'z' || value >= 'A' && value <= 'Z'
					: value >= '0' && value <= '9';
		}

		/**
		 * Returns where the field ends.
		 * @return the index behind it, or {@code limit} if it may go on there
		 */
		int end(byte[] array, int from, int limit) throws FramingException {
			int index = from;
			while (index < limit && accepts(array[index])) {
				index++;
				if (index - from > this.most) {
					throw new FramingException("the " + this.title + " is longer than " + this.most);
				}
			}
			if (index == from && index < limit) {
				throw unexpected(array[index], "the first byte of the " + this.title,
						(this == COMMAND) ? "a letter" : "a decimal digit");
			}
			return index;
		}

		/** Returns where the field ends that follows another one and a blank. */
		int endBehind(byte[] array, int end, int limit) throws FramingException {
			if (end >= limit) {
				return limit;
			}
			blank(array, end);
			return end(array, Math.min(end + 1, limit), limit);
		}

		/** Checks that a field is followed by a blank, unless the bytes end there. */
		static void blank(byte[] array, int end) throws FramingException {
			if (end < array.length && array[end] != ' ') {
				throw unexpected(array[end], "behind a word", "a blank");
			}
		}

	}

}
