package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.ByteSearch;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.TextLength;
import org.jspecify.annotations.Nullable;

/**
 * Header lines up to an empty line, and as many bytes as one of them says.
 *
 * <pre>
 * BEFORE DECODE                                             AFTER DECODE
 * +-----------------------+------+-------+------+------+   +--------------+------+
 * | "Content-Length: 3\n" | "\n" | "abc" | "a\n"| "\n" | → | the first 22 | the  |
 * +-----------------------+------+-------+------+------+   | bytes        | rest |
 *                                                          +--------------+------+
 * </pre>
 */
public final class HeaderBlockFraming implements Framing {

	private final List<String> names;

	/** As errors call them. */
	private final List<String> headers;

	private final List<byte[]> bytesOfNames;

	private final byte[] after;

	/** Finds {@link #after}; absent where there is nothing to find. */
	private final @Nullable DelimiterSearch ends;

	/**
	 * Creates the framing.
	 * @param lengthHeaders the names of the headers that have the length, at least one;
	 * the first is added to what is sent without any
	 * @param after what comes behind each block, and ends one without a length
	 */
	public HeaderBlockFraming(List<String> lengthHeaders, byte[] after) {
		this.names = List.copyOf(lengthHeaders);
		this.headers = lengthHeaders.stream().map("the %s header"::formatted).toList();
		this.after = after;
		this.ends = (after.length > 0) ? new DelimiterSearch(List.of(after), null) : null;
		this.bytesOfNames = lengthHeaders.stream().map((name) -> name.getBytes(StandardCharsets.US_ASCII)).toList();
	}

	@Override
	public String type() {
		return "header-block";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		encodeBlock(payload, out);
		out.write(this.after);
	}

	private void encodeBlock(byte[] payload, FrameOutput out) {
		Scan scan = new Scan();
		try {
			scan.scan(payload, 0, payload.length);
		}
		catch (FramingException ex) {
			throw new IllegalArgumentException("a block cannot be sent: " + ex.getMessage(), ex);
		}
		if (!scan.complete) {
			out.write(header(payload.length, "\r\n\r\n"));
			out.write(payload);
			return;
		}
		int body = payload.length - scan.searched;
		if (scan.length == body) {
			out.write(payload);
		}
		else if (scan.repeated) {
			throw new IllegalArgumentException("a block cannot be sent: it has several "
					+ String.join(" or ", this.names) + " headers, and " + body + " bytes behind them");
		}
		else if (scan.valueEnd > 0) {
			out.write(payload, 0, scan.valueStart);
			out.write(Integer.toString(body).getBytes(StandardCharsets.US_ASCII));
			out.write(payload, scan.valueEnd, payload.length - scan.valueEnd);
		}
		else {
			String end = (scan.searched - scan.line == 1) ? "\n" : "\r\n";
			out.write(payload, 0, scan.line);
			out.write(header(body, end));
			out.write(payload, scan.line, payload.length - scan.line);
		}
	}

	private byte[] header(int length, String end) {
		return (this.names.get(0) + ": " + length + end).getBytes(StandardCharsets.US_ASCII);
	}

	/** What is known about a block. All positions are distances from its start. */
	private final class Scan {

		/**
		 * How many bytes have been checked: whole lines, and the beginning of the next.
		 */
		int searched;

		/** Where the line begins that is not complete yet, or at last the empty one. */
		int line;

		/** The empty line was received; {@link #searched} is the position after it. */
		boolean complete;

		/** The value of the length header; 0 without one. */
		long length;

		/** The length header was received more than once, always with the same length. */
		boolean repeated;

		/** Where the digits of the last length header begin. */
		int valueStart;

		/** Where these digits end; 0 while no length header was received. */
		int valueEnd;

		void scan(byte[] array, int start, int limit) throws FramingException {
			while (!this.complete) {
				int newline = ByteSearch.find(array, start + this.searched, limit, (byte) '\n');
				if (newline < 0) {
					this.searched = limit - start;
					return;
				}
				int end = (newline > start + this.line && array[newline - 1] == '\r') ? newline - 1 : newline;
				this.searched = newline + 1 - start;
				if (end == start + this.line) {
					this.complete = true;
				}
				else {
					header(array, start, end);
					this.line = this.searched;
				}
			}
		}

		private void header(byte[] array, int start, int end) throws FramingException {
			for (int i = 0; i < HeaderBlockFraming.this.bytesOfNames.size(); i++) {
				header(array, start, end, i);
			}
		}

		/** Reads the length if the line is the header of a name. */
		private void header(byte[] array, int start, int end, int which) throws FramingException {
			byte[] name = HeaderBlockFraming.this.bytesOfNames.get(which);
			int index = start + this.line;
			if (end - index <= name.length || !Bytes.equalIgnoringCase(array, index, name)) {
				return;
			}
			index += name.length;
			int colon = TextLength.behindBlanks(array, index, end);
			if (colon == end || array[colon] != ':') {
				return;
			}
			if (colon > index) {
				// Others ignore such a header, and would end the block elsewhere (RFC
				// 9112, section 5.1).
				throw new FramingException(
						HeaderBlockFraming.this.headers.get(which) + " has a blank in front of its colon");
			}
			index = TextLength.behindBlanks(array, colon + 1, end);
			int last = end;
			while (last > index && TextLength.isBlank(array[last - 1])) {
				last--;
			}
			long value = TextLength.read(array, index, last, HeaderBlockFraming.this.headers.get(which));
			if (this.valueEnd > 0 && value != this.length) {
				throw new FramingException("two " + String.join(" or ", HeaderBlockFraming.this.names) + " headers say "
						+ this.length + " and " + value);
			}
			this.repeated = this.valueEnd > 0;
			this.length = value;
			this.valueStart = index - start;
			this.valueEnd = last - start;
		}

	}

	private final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		private Scan scan = new Scan();

		/** How far an end was looked for, as a distance from the position. */
		private int body;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			int start = in.position();
			// Not beyond the limit: how a block is refused that has more headers must not
			// depend on what was received together.
			this.scan.scan(in.array(), start, (int) Math.min(in.limit(), (long) start + this.maxFrameBytes));
			if (!this.scan.complete) {
				if (in.remaining() > this.maxFrameBytes) {
					throw new FrameTooLargeException("more than " + this.maxFrameBytes + " bytes of headers",
							this.maxFrameBytes);
				}
				return false;
			}
			DelimiterSearch ends = HeaderBlockFraming.this.ends;
			if (ends != null && this.scan.valueEnd == 0) {
				return endsAt(in, ends);
			}
			long length = this.scan.searched + this.scan.length;
			if (length > this.maxFrameBytes) {
				throw new FrameTooLargeException("block of " + length + " bytes announced", this.maxFrameBytes);
			}
			if (!TextLength.frame(in, (int) length, HeaderBlockFraming.this.after, "a block")) {
				return false;
			}
			this.scan = new Scan();
			return true;
		}

		/** Finds the end of a block that does not say its length. */
		private boolean endsAt(FrameInput in, DelimiterSearch ends) throws FramingException {
			int start = in.position();
			int found = ends.find(in.array(), start + Math.max(this.body, this.scan.searched), in.limit());
			this.body = ((found < 0) ? DelimiterSearch.undecided(found) : found) - start;
			if (this.body > this.maxFrameBytes) {
				throw new FrameTooLargeException("block without an end after " + this.maxFrameBytes + " bytes",
						this.maxFrameBytes);
			}
			if (found < 0) {
				return false;
			}
			this.body = 0;
			this.scan = new Scan();
			in.frame(start, found, found + HeaderBlockFraming.this.after.length);
			return true;
		}

	}

}
