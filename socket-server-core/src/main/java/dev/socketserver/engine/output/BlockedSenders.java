package dev.socketserver.engine.output;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The senders that wait until a queue has room for what they send, in the order in which
 * they arrived: that of a session, or that of a client. No other sender may overtake
 * them.
 * <p>
 * Guarded by the lock of the queue, under which they are added, admitted and refused.
 * They wait without it.
 *
 * @param <T> what is sent
 */
public final class BlockedSenders<T> {

	/** For senders that never have to check whether there is room. */
	public static final long NO_CHECKS = 0;

	private final ArrayDeque<BlockedSend<T>> waiting = new ArrayDeque<>(1);

	private final long checkMillis;

	/**
	 * Creates the object without senders.
	 * @param checkMillis how often each checks whether there is room, where nothing
	 * signals that, or {@link #NO_CHECKS}
	 */
	public BlockedSenders(long checkMillis) {
		this.checkMillis = checkMillis;
	}

	/**
	 * Whether the calling thread waits if there is no room, by the overflow policy. An
	 * I/O thread never does.
	 * @param overflow the policy
	 * @return {@code false} if it is refused instead
	 */
	public static boolean mayWait(OutboundOverflow overflow) {
		return overflow == OutboundOverflow.BLOCK && !(Thread.currentThread() instanceof IoThread);
	}

	/**
	 * Whether no sender waits.
	 * @return {@code true} if it is so
	 */
	public boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/**
	 * Has a sender wait after the others.
	 * @param sent what it sends
	 * @return what it {@linkplain BlockedSend#await waits} with
	 */
	public BlockedSend<T> add(T sent) {
		BlockedSend<T> last = new BlockedSend<>(sent, this.checkMillis);
		this.waiting.add(last);
		return last;
	}

	/**
	 * Admits those who waited longest, as far as there is room.
	 * @param fits whether there is room for what one sends
	 * @param queue adds that to the queue
	 * @return whether any was admitted
	 */
	public boolean admit(Predicate<T> fits, Consumer<T> queue) {
		boolean any = false;
		for (BlockedSend<T> first = this.waiting.peek(); first != null
				&& fits.test(first.sent()); first = this.waiting.peek()) {
			this.waiting.remove();
			queue.accept(first.sent());
			first.decide(null);
			any = true;
		}
		return any;
	}

	/**
	 * Refuses one that was interrupted, unless it is decided already. Those after it may
	 * fit now.
	 * @param one the sender
	 * @param refusal why
	 * @return whether it was refused by this
	 */
	public boolean withdraw(BlockedSend<T> one, Exception refusal) {
		boolean waited = this.waiting.remove(one);
		if (waited) {
			one.decide(refusal);
		}
		return waited;
	}

	/**
	 * Refuses the first that meets a condition. Those after it may fit now.
	 * @param condition what is sought
	 * @param refusal why
	 * @return what it would have sent, or {@code null} if there is none
	 */
	public @Nullable T refuse(Predicate<T> condition, Exception refusal) {
		for (Iterator<BlockedSend<T>> all = this.waiting.iterator(); all.hasNext();) {
			BlockedSend<T> one = all.next();
			if (condition.test(one.sent())) {
				all.remove();
				one.decide(refusal);
				return one.sent();
			}
		}
		return null;
	}

	/**
	 * Refuses all.
	 * @param refusal why
	 */
	public void refuseAll(Exception refusal) {
		this.waiting.forEach((one) -> one.decide(refusal));
		this.waiting.clear();
	}

}
