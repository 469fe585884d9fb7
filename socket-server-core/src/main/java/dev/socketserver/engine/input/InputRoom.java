package dev.socketserver.engine.input;

import dev.socketserver.engine.gate.SessionGate;
import org.jspecify.annotations.Nullable;

/**
 * How much of the input of one session may be decoded: what the handler has room for, and
 * what the rate of the peer allows. While requests wait for replies, decoding goes beyond
 * both, by as many bytes as the input may hold. On the loop.
 */
final class InputRoom {

	private InputRoom() {
	}

	/** Reads the clock, if something depends on it. */
	static long now(SessionInput input) {
		SessionGate gate = input.gate();
		return (gate != null) ? gate.time() : 0;
	}

	/**
	 * Whether there is room, however much the peer has sent: it has to wait only if more
	 * than it may send is there.
	 */
	static boolean isLeft(SessionInput input, @Nullable ReplyStage asked) {
		return input.frameRoom() > 0 || extra(input, asked, false) > 0;
	}

	/** Whether a frame may be decoded now. */
	static boolean isThere(SessionInput input, @Nullable ReplyStage asked) {
		return frames(input, asked, now(input)) > 0;
	}

	/** Returns how many frames may be decoded now. */
	static int frames(SessionInput input, @Nullable ReplyStage asked, long now) {
		int allowed = allowed(input, now);
		int room = Math.min(allowed, input.frameRoom());
		return (room == 0 && extra(input, asked, allowed == 0) > 0) ? Integer.MAX_VALUE : room;
	}

	/** Returns after how many bytes no further frame may be decoded. */
	static long bytes(SessionInput input, @Nullable ReplyStage asked, long now) {
		SessionGate gate = input.gate();
		int allowed = (gate != null) ? gate.byteRoom(now) : Integer.MAX_VALUE;
		if (allowed == 0 || input.frameRoom() == 0) {
			// A batch that is read beyond the room is one of a full buffer at most.
			return extra(input, asked, allowed == 0);
		}
		return Math.min(allowed, input.byteRoom());
	}

	/** Returns the gate, if it checks each frame. */
	static @Nullable SessionGate checking(SessionInput input) {
		SessionGate gate = input.gate();
		return (gate != null && gate.checksFrames()) ? gate : null;
	}

	/** Counts frames that were decoded and not checked. */
	static void count(SessionInput input, @Nullable ReplyStage asked, int count, int bytes, long now) {
		SessionGate gate = input.gate();
		if (gate == null || bytes == 0) {
			return;
		}
		if (asked != null) {
			asked.decoded(gate, bytes, now);
		}
		gate.count(count, bytes, now);
	}

	/** The framing has dropped bytes: the peer has sent them. */
	static void dropped(SessionInput input, int bytes) {
		SessionGate gate = input.gate();
		if (gate != null) {
			gate.dropped(bytes);
		}
	}

	private static int allowed(SessionInput input, long now) {
		SessionGate gate = input.gate();
		return (gate != null) ? gate.frameRoom(now) : Integer.MAX_VALUE;
	}

	private static long extra(SessionInput input, @Nullable ReplyStage asked, boolean waits) {
		return (asked != null && asked.expectsReplies()) ? input.extraRoom(waits, asked.beyond()) : 0;
	}

}
