package dev.socketserver.framing.wrapper;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.SteppingDecoder;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * A framing that sends empty frames back, as one session uses it: it counts those that
 * the session sends itself, and does not send back as many, which are the answers. So two
 * sides that echo do not answer each other without end. The engine puts it around the
 * framing of a session. Frames are sent on one thread at a time, and decoded on another.
 *
 * <pre>
 * SENT         BEFORE DECODE               SENT BACK
 * +------+     +------+------+             +------+
 * | 0000 |     | 0000 | 0000 |          →  | 0000 |
 * +------+     +------+------+             +------+
 * </pre>
 */
public final class EchoFraming extends WrappedFraming {

	/** Empty frames that were sent and not answered yet. */
	private final AtomicInteger unanswered;

	/** No payload of more bytes is sent as an empty frame. */
	private final int mostBytes;

	private EchoFraming(Framing framing, int mostBytes, AtomicInteger unanswered) {
		super(framing);
		this.mostBytes = mostBytes;
		this.unanswered = unanswered;
	}

	/**
	 * Returns a framing as a session uses it.
	 * @param framing any framing
	 * @param unanswered how many empty frames the session has sent that are not answered
	 * yet; {@code null} for a session that has sent none and keeps its framing
	 * @return that framing itself, unless it sends frames back
	 */
	public static Framing of(Framing framing, @Nullable AtomicInteger unanswered) {
		int mostBytes = mostBytes(framing);
		if (mostBytes < 0) {
			return framing;
		}
		return new EchoFraming(framing, mostBytes, (unanswered != null) ? unanswered : new AtomicInteger());
	}

	/**
	 * Returns how many bytes the longest payload has that is sent as a frame which would
	 * be sent back, or -1 if there is none.
	 */
	private static int mostBytes(Framing framing) {
		Framing innermost = WrappedFraming.innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			int most = -1;
			for (Framing each : switching.framings()) {
				most = Math.max(most, mostBytes(each));
			}
			return most;
		}
		return (innermost instanceof DescribedLengthFraming described) ? described.mostBytesOfEcho() : -1;
	}

	@Override
	protected boolean encodesAsWrapped() {
		return this.mostBytes == 0;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length > this.mostBytes) {
			this.framing.encode(payload, out);
			return;
		}
		CollectedOutput frame = new CollectedOutput();
		this.framing.encode(payload, frame);
		byte[] bytes = frame.toByteArray();
		// Before they leave, so that no answer is faster.
		this.unanswered.addAndGet(sentBack(bytes));
		out.write(bytes);
	}

	/**
	 * Returns how many frames the other side sends back if it echoes as this one does.
	 */
	private int sentBack(byte[] frames) {
		FrameDecoder decoder = this.framing.decoder(Integer.MAX_VALUE);
		FrameInput in = new FrameInput();
		in.reset(frames, 0, frames.length);
		int count = 0;
		int before;
		do {
			before = in.position();
			try {
				SteppingDecoder.step(decoder, in);
			}
			catch (FramingException ex) {
				return count;
			}
			count += (in.takeReplies() != null) ? 1 : 0;
		}
		while (in.position() != before);
		return count;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(maxFrameBytes), this.unanswered);
	}

	private record Decoder(FrameDecoder decoder, AtomicInteger unanswered) implements FrameDecoder {

		@Override
		public boolean next(FrameInput in) throws FramingException {
			ByteArrayOutputStream replies = append(null, in.takeReplies());
			try {
				int before;
				boolean found;
				do {
					before = in.position();
					found = SteppingDecoder.step(this.decoder, in);
					byte[] reply = in.takeReplies();
					replies = append(replies, (reply != null && isAnswer()) ? null : reply);
				}
				while (!found && in.position() != before);
				return found;
			}
			finally {
				if (replies != null) {
					in.reply(replies.toByteArray());
				}
			}
		}

		private static @Nullable ByteArrayOutputStream append(@Nullable ByteArrayOutputStream all,
				byte @Nullable [] reply) {
			if (reply == null) {
				return all;
			}
			ByteArrayOutputStream replies = (all != null) ? all : new ByteArrayOutputStream();
			replies.writeBytes(reply);
			return replies;
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			return this.decoder.last(in);
		}

		@Override
		public boolean recover(FrameInput in) {
			return this.decoder.recover(in);
		}

		private boolean isAnswer() {
			return this.unanswered.getAndUpdate((count) -> Math.max(0, count - 1)) > 0;
		}

	}

}
