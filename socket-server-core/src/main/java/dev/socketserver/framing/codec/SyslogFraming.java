package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.TextLength;

/**
 * Syslog over TCP (RFC 6587, section 3.4). A message that begins with a count, a blank
 * and {@code <} is as long as the count says; any other is a line. Empty messages are
 * dropped. Messages that are sent begin with a count.
 *
 * <pre>
 * BEFORE DECODE                                 AFTER DECODE
 * +------+---------+----+-----------+----+     +---------+-----------+
 * | "5 " | "&lt;1&gt;ab" | 0A | "&lt;1&gt;12 ab" | 0A |  →  | "&lt;1&gt;ab" | "&lt;1&gt;12 ab" |
 * +------+---------+----+-----------+----+     +---------+-----------+
 * </pre>
 */
public final class SyslogFraming implements PlainFraming {

	private static final int MAX_DIGITS = 10;

	@Override
	public String type() {
		return "syslog";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public boolean needsLength() {
		return true;
	}

	@Override
	public List<byte[]> ends() {
		return LineFraming.INSTANCE.ends();
	}

	@Override
	public void before(int length, FrameOutput out) {
		if (length == 0) {
			throw new IllegalArgumentException("an empty payload cannot be sent: no message of syslog is empty");
		}
		out.write((length + " ").getBytes(StandardCharsets.US_ASCII));
	}

	private static boolean isDigit(byte value) {
		return value >= '0' && value <= '9';
	}

	private static final class Decoder extends SteppingDecoder {

		private static final int LINE = 0;

		private static final int UNDECIDED = -1;

		private final int maxFrameBytes;

		private final FrameDecoder lines;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			this.lines = LineFraming.INSTANCE.decoder(maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			int digits = digits(in);
			if (digits == UNDECIDED) {
				return false;
			}
			return (digits == LINE) ? isFull(this.lines.next(in), in) : counted(in, digits);
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			return digits(in) <= LINE && isFull(this.lines.last(in), in);
		}

		private static boolean isFull(boolean found, FrameInput in) {
			return found && in.frameEnd() > in.frameStart();
		}

		/**
		 * Returns how many digits the count of the next message has, {@link #LINE} if it
		 * has none, or {@link #UNDECIDED} while that cannot be seen.
		 */
		private static int digits(FrameInput in) {
			byte[] array = in.array();
			int index = in.position();
			int most = Math.min(in.limit(), index + MAX_DIGITS);
			if (index < most && array[index] == '0') {
				return LINE;
			}
			while (index < most && isDigit(array[index])) {
				index++;
			}
			int digits = index - in.position();
			if (index < in.limit() && (digits == 0 || array[index] != ' ')) {
				return LINE;
			}
			if (index + 1 >= in.limit()) {
				return UNDECIDED;
			}
			return (array[index + 1] == '<') ? digits : LINE;
		}

		private boolean counted(FrameInput in, int digits) throws FramingException {
			int start = in.position() + digits + 1;
			long length = TextLength.read(in.array(), in.position(), start - 1, "the count");
			if (length > this.maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + length + " bytes announced", this.maxFrameBytes);
			}
			if (in.limit() - start < length) {
				return false;
			}
			in.frame(start, start + (int) length, start + (int) length);
			return true;
		}

	}

}
