package dev.socketserver.engine.input;

import java.util.Arrays;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.framing.FrameInput;
import org.jspecify.annotations.Nullable;

/**
 * Where replies are taken out of the input of one session. Present once the session may
 * have asked its peer for something.
 */
final class ReplyStage {

	private final ReplyMatcher matcher;

	/** What is left of a batch that another thread has matched, until it is handed on. */
	private volatile @Nullable Batch matched;

	/** Input waits on the loop for the batch that is being matched. */
	private volatile boolean awaited;

	/**
	 * How many bytes were decoded while the peer had to wait for its rate. On the loop.
	 */
	private int beyond;

	/**
	 * Whether the batch that is decoded is matched on another thread, as it was when it
	 * began: what is read has no reply to what is asked later. On the loop.
	 */
	private boolean elsewhere;

	/** What is done behind the batch, if anything is. On the loop. */
	private @Nullable Runnable behind;

	ReplyStage(ReplyMatcher matcher) {
		this.matcher = matcher;
	}

	/** Returns how many bytes were decoded while the peer had to wait. On the loop. */
	int beyond() {
		return this.beyond;
	}

	/**
	 * Checks a frame that is no reply, or may be found to be one later. On the loop.
	 * @param stage what finds out, if anything does
	 * @param gate checks it
	 * @param payload what it holds
	 * @param input where it was found
	 * @param consumed how many bytes it has there
	 * @param now the time
	 * @return what {@link SessionGate#check} returns
	 */
	static @Nullable Object check(@Nullable ReplyStage stage, SessionGate gate, Object payload, FrameInput input,
			int consumed, long now) {
		int length = input.frameEnd() - input.frameStart();
		if (stage != null && stage.matchesElsewhere()) {
			CloseStatus refused = gate.checkLength(length);
			return (refused != null) ? refused : payload;
		}
		if (stage != null) {
			stage.decoded(gate, consumed, now);
		}
		return gate.check(payload, length, consumed, now);
	}

	/**
	 * Checks what is left of a batch that was matched. On the loop.
	 * @return how many frames are handled
	 */
	int admit(Batch batch, @Nullable SessionGate gate) {
		if (gate == null || batch.count() == 0) {
			return batch.count();
		}
		long now = gate.time();
		decoded(gate, batch.bytes(), now);
		return gate.admit(batch.payloads(), batch.count(), batch.bytes(), now);
	}

	/** So many bytes were decoded, which were not checked one by one. On the loop. */
	void decoded(SessionGate gate, int bytes, long now) {
		this.beyond = (gate.waitNanos(now) > 0) ? this.beyond + bytes : 0;
	}

	/** Whether a reply is expected. On the loop. */
	boolean expectsReplies() {
		return this.matcher.expectsReplies();
	}

	/** Takes a payload if it is a reply, and that is found out on the loop. */
	boolean take(Object payload) {
		return !this.matcher.runsUserCode() && this.matcher.mayReceiveReplies() && this.matcher.take(payload);
	}

	/** Begins to decode a batch. On the loop. */
	static void begin(@Nullable ReplyStage stage) {
		if (stage != null) {
			stage.elsewhere = stage.matcher.runsUserCode() && stage.matcher.mayReceiveReplies();
		}
	}

	/** Whether the batch has to be matched on another thread. On the loop. */
	boolean matchesElsewhere() {
		return this.elsewhere;
	}

	/**
	 * Begins to match a batch on another thread. On the loop.
	 * @param payloads the payloads
	 * @param bytes how many bytes they had
	 * @param onLoop is run on that thread if the loop has to go on: something is left, or
	 * awaited
	 */
	void match(Object[] payloads, int bytes, Runnable onLoop) {
		this.awaited = false;
		this.matcher.match(payloads, (left, count) -> {
			this.matched = new Batch(left, count, (int) ((long) bytes * count / left.length));
			if (count > 0 || this.awaited) {
				onLoop.run();
			}
		});
	}

	/** Takes payloads out of an array that the sessions of a loop share. */
	static Object[] taken(Object[] payloads, int count) {
		Object[] batch = Arrays.copyOf(payloads, count, Object[].class);
		Arrays.fill(payloads, 0, count, null);
		return batch;
	}

	/** Notes that input waits for the batch, unless it has been matched. On the loop. */
	void await() {
		this.awaited = true;
	}

	/** Has something done behind the batch, for which it is awaited. On the loop. */
	void behind(Runnable task) {
		Runnable before = this.behind;
		this.behind = (before == null) ? task : () -> {
			before.run();
			task.run();
		};
		this.awaited = true;
	}

	/** Does what is to be done behind the batch. On the loop. */
	void batchEnded() {
		Runnable due = this.behind;
		if (due != null) {
			this.behind = null;
			due.run();
		}
	}

	/** Takes what was matched, if it was. On the loop. */
	@Nullable Batch poll() {
		Batch done = this.matched;
		if (done != null) {
			// Not otherwise: a batch that is matched just now would be lost.
			this.matched = null;
		}
		return done;
	}

	/**
	 * What is left of a batch.
	 *
	 * @param payloads the first of these are left
	 * @param count how many
	 * @param bytes how many bytes they had, about
	 */
	record Batch(Object[] payloads, int count, int bytes) {

		/** Returns how the session ends behind those that are handled, if it does. */
		@Nullable CloseStatus refusal(int handled) {
			return (handled < this.count && this.payloads[handled] instanceof CloseStatus status) ? status : null;
		}

	}

}
