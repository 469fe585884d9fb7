package dev.socketserver.framing.heartbeat;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.HeartbeatFraming;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of a server or client, as bytes. Immutable.
 *
 * <pre>
 * message hex:00000015 0000 0001, placeholder 6:2      SENT
 *                                                      00000015 0000 0001
 *                                                      00000015 0000 0002
 * answer to hex:00000015, copy 6:2                     RECEIVED             SENT
 *        with hex:80000015 0000 0000                   00000015 0000 0009   80000015 0000 0009
 * </pre>
 */
public final class HeartbeatMessages {

	private static final String MESSAGE = "heartbeat.message";

	private static final String REPLY = "heartbeat.reply";

	private static final String PLACEHOLDER = "heartbeat.placeholder";

	private final Heartbeat heartbeat;

	private final Charset charset;

	private final byte[] message;

	private final @Nullable ByteRange number;

	/** The number is in digits in the first message, and so in all others. */
	private final boolean digits;

	private final byte @Nullable [] reply;

	private final List<Answer> answers = new ArrayList<>();

	/**
	 * Makes bytes of what a specification says.
	 * @param heartbeat what it says
	 * @param charset the charset of texts
	 * @throws InvalidSpecException if it cannot be what is meant
	 */
	public HeartbeatMessages(Heartbeat heartbeat, Charset charset) {
		this.heartbeat = heartbeat;
		this.charset = charset;
		String message = heartbeat.message();
		this.message = (message != null) ? bytes(MESSAGE, message) : HeartbeatFraming.BEAT;
		String placeholder = heartbeat.placeholder();
		this.number = (placeholder != null && message != null) ? number(placeholder, this.message) : null;
		this.digits = this.number != null && this.number.hasDigits(this.message);
		String reply = heartbeat.reply();
		this.reply = (reply != null) ? bytes(REPLY, reply) : null;
		for (Heartbeat.Answer each : heartbeat.answer()) {
			String place = "heartbeat.answer[" + this.answers.size() + "]";
			byte[] to = bytes(place + ".to", each.to());
			checkPrefix(place + ".to", each.to(), to);
			byte[] with = bytes(place + ".with", each.with());
			this.answers.add(new Answer(to, with, copy(place + ".copy", each.copy(), with)));
		}
	}

	private byte[] bytes(String component, String text) {
		InvalidSpecException.check(!text.isEmpty(), component, text, "must not be empty");
		InvalidSpecException.check(!text.chars().allMatch(Character::isDigit), component, text,
				"has digits alone, of which a file may have made another number: write "
						+ ByteValues.format(text.getBytes(this.charset)));
		byte[] bytes;
		try {
			bytes = ByteValues.parse(text, this.charset);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException(component, text, "cannot be read: " + ex.getMessage());
		}
		InvalidSpecException.check(bytes.length > 0, component, text, "must not be empty");
		return bytes;
	}

	private static ByteRange number(String text, byte[] message) {
		ByteRange range = ByteRange.parse(text);
		if (range == null || text.indexOf('>') >= 0) {
			throw new InvalidSpecException(PLACEHOLDER, text, ByteRange.RULE);
		}
		InvalidSpecException.check(range.index(range.from(), message.length) >= 0, PLACEHOLDER, text,
				"is not within heartbeat.message, which has " + message.length + " bytes");
		return range;
	}

	private static @Nullable ByteRange copy(String component, @Nullable String text, byte[] with) {
		if (text == null) {
			return null;
		}
		ByteRange range = ByteRange.parse(text);
		if (range == null) {
			throw new InvalidSpecException(component, text, ByteRange.RULE + ", or 8:4>0 to put them at position 0");
		}
		InvalidSpecException.check(range.index(range.to(), with.length) >= 0, component, text,
				"has no place for its bytes within what is answered, which has " + with.length + " bytes");
		return range;
	}

	/** Checks that at most one answer fits each frame. */
	private void checkPrefix(String component, String text, byte[] prefix) {
		byte[] answered = this.reply;
		InvalidSpecException.check(answered == null || !overlap(prefix, answered), component, text,
				"and heartbeat.reply begin alike: a frame would be both");
		for (int i = 0; i < this.answers.size(); i++) {
			InvalidSpecException.check(!overlap(prefix, this.answers.get(i).to), component, text,
					"and heartbeat.answer[" + i + "].to begin alike: a frame would have two answers");
		}
	}

	private static boolean overlap(byte[] one, byte[] other) {
		int length = Math.min(one.length, other.length);
		return Arrays.equals(one, 0, length, other, 0, length);
	}

	/**
	 * Returns why a framing cannot have these heartbeats.
	 * @param framing the framing
	 * @return the component, its value and the reason; {@code null} if it can
	 */
	public @Nullable Problem problem(Framing framing) {
		if (this.heartbeat.emptyFrames()) {
			String reason = HeartbeatFraming.problem(framing);
			if (reason != null) {
				return (this.heartbeat.period() != null)
						? new Problem("heartbeat.period", this.heartbeat.period(), reason)
						: new Problem(MESSAGE, null, reason);
			}
		}
		if (this.message.length > 0) {
			String reason = reason(framing, this.message);
			if (reason != null) {
				return new Problem(MESSAGE, this.heartbeat.message(), reason);
			}
		}
		boolean sent = this.heartbeat.period() != null || this.reply != null;
		ByteRange risen = sent ? this.number : null;
		for (byte[] end : framing.ends()) {
			if (risen != null && risen.canMake(this.message, this.digits, end)) {
				return new Problem(PLACEHOLDER, this.heartbeat.placeholder(),
						"its number becomes one with " + ByteValues.format(end) + ", which ends a frame");
			}
		}
		for (int i = 0; i < this.answers.size(); i++) {
			String reason = reason(framing, this.answers.get(i).with);
			if (reason != null) {
				return new Problem("heartbeat.answer[" + i + "].with", this.heartbeat.answer().get(i).with(), reason);
			}
		}
		return null;
	}

	/**
	 * Returns why a framing cannot have one of these messages.
	 * @param framing the framing
	 * @param payload the payload of the message
	 * @return the reason; {@code null} if a peer reads it as one frame
	 */
	public static @Nullable String reason(Framing framing, byte[] payload) {
		if (framing.passThrough() && !(framing instanceof WrappedFraming wrapped && wrapped.ofDatagrams())) {
			return "framing '" + framing.type() + "' has no boundaries between messages";
		}
		CollectedOutput out = new CollectedOutput();
		try {
			framing.encode(payload, out);
		}
		catch (IllegalArgumentException ex) {
			return "framing '" + framing.type() + "' cannot send it: " + ex.getMessage();
		}
		return isOneFrame(framing, out.toByteArray()) ? null
				: "what framing '" + framing.type() + "' makes of it is not read as one frame";
	}

	private static boolean isOneFrame(Framing framing, byte[] bytes) {
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		try {
			FrameDecoder decoder = framing.decoder(Integer.MAX_VALUE);
			return (decoder.next(in) || (in.remaining() > 0 && decoder.last(in))) && in.remaining() == 0;
		}
		catch (FramingException ex) {
			return false;
		}
	}

	/**
	 * Returns what is sent first. It is not changed, and with a number it is a copy.
	 * @return the payload
	 */
	public byte[] first() {
		return (this.number != null) ? this.message.clone() : this.message;
	}

	/**
	 * Returns what is sent after another message of the connection.
	 * @param before what was sent, which is not changed
	 * @return the payload, whose number is one higher
	 */
	public byte[] after(byte[] before) {
		if (this.number == null) {
			return before;
		}
		byte[] next = before.clone();
		this.number.increment(next, this.digits);
		return next;
	}

	/** Whether a frame is the peer's answer to one of these messages. */
	public boolean isReply(byte[] array, int from, int to) {
		byte[] prefix = this.reply;
		return prefix != null && begins(array, from, to, prefix);
	}

	/**
	 * Returns what a frame is answered with.
	 * @param array has its payload
	 * @param from index of the first byte
	 * @param to index after the last
	 * @return the payload of the answer, or {@code null} if the frame is a message
	 */
	public byte @Nullable [] answer(byte[] array, int from, int to) {
		for (Answer answer : this.answers) {
			if (begins(array, from, to, answer.to)) {
				ByteRange copied = answer.copy;
				if (copied == null) {
					return answer.with;
				}
				byte[] with = answer.with.clone();
				copied.copy(array, from, to, with);
				return with;
			}
		}
		return null;
	}

	private static boolean begins(byte[] array, int from, int to, byte[] prefix) {
		return to - from >= prefix.length && Arrays.equals(array, from, from + prefix.length, prefix, 0, prefix.length);
	}

	private record Answer(byte[] to, byte[] with, @Nullable ByteRange copy) {

	}

	/**
	 * Why a framing cannot have these heartbeats.
	 *
	 * @param component the component of the specification that is to be changed
	 * @param value its value
	 * @param reason the reason, as a clause
	 */
	public record Problem(String component, @Nullable Object value, String reason) {

	}

}
