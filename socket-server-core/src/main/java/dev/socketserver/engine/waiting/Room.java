package dev.socketserver.engine.waiting;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.OutboundOverflow;

/**
 * Who waits for room in a queue, that of a session or of a client: senders, in the order
 * in which they arrived, which no other sender may overtake; and those who hold no thread
 * and are notified. Made when the queue is full for the first time.
 * <p>
 * Guarded by the lock of the queue, if not stated otherwise. Senders wait without it.
 * What they wait with counts as held memory, but not against the limits of the queue.
 *
 * @param <E> what is sent
 */
public final class Room<E> {

	/** For senders that never have to check whether there is room. */
	public static final long NO_CHECKS = 0;

	private final Waiting<BlockedSend<E>> senders;

	private final long checkMillis;

	/** Those who hold no thread. */
	private List<Runnable> notified = List.of();

	/**
	 * Whoever has waited for room may send once, even if there is none again: so the
	 * queue may be congested, too.
	 */
	private boolean granted;

	/**
	 * Not 0 while the queue is congested: from when there is no room until half of it is
	 * free again, or until everything that waited then has left. It says how many entries
	 * are left of these: senders that never wait would fill each gap and keep out those
	 * that do wait. Also read without the lock.
	 */
	private volatile int congestedBy;

	/**
	 * Creates the object without senders.
	 * @param kind what senders send
	 * @param checkMillis how often each checks whether there is room, where nothing
	 * signals that, or {@link #NO_CHECKS}
	 */
	public Room(EntryKind<E> kind, long checkMillis) {
		this.senders = new Waiting<>((sender) -> kind.bytes(sender.sent()), null);
		this.checkMillis = checkMillis;
	}

	/**
	 * Whether the calling thread waits if there is no room, by the overflow policy. An
	 * I/O thread never does.
	 * @param policy the policy
	 * @return {@code false} if it is refused instead
	 */
	public static boolean mayWait(OutboundOverflow policy) {
		return Overflow.decide(policy, false) == Overflow.WAIT && !(Thread.currentThread() instanceof IoThread);
	}

	// Senders.

	/**
	 * Whether senders wait.
	 * @return {@code false} if there are none
	 */
	public boolean hasSenders() {
		return !this.senders.isEmpty();
	}

	/**
	 * Returns how many bytes senders wait with.
	 * @return the number
	 */
	public long bytes() {
		return this.senders.bytes();
	}

	/**
	 * Has a sender wait after the others.
	 * @param sent what it sends
	 * @return what it {@linkplain BlockedSend#await waits} with
	 */
	public BlockedSend<E> add(E sent) {
		BlockedSend<E> last = new BlockedSend<>(sent, this.checkMillis);
		this.senders.add(last);
		return last;
	}

	/**
	 * Admits those who waited longest, as far as there is room.
	 * @param fits whether there is room for what one sends
	 * @param queue adds that to the queue
	 * @return whether any was admitted
	 */
	public boolean admit(Predicate<E> fits, Consumer<E> queue) {
		boolean any = false;
		for (BlockedSend<E> first = this.senders.peek(); first != null
				&& fits.test(first.sent()); first = this.senders.peek()) {
			this.senders.poll();
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
	public boolean withdraw(BlockedSend<E> one, Exception refusal) {
		boolean waited = this.senders.remove(one);
		if (waited) {
			one.decide(refusal);
		}
		return waited;
	}

	/**
	 * Refuses the first that meets a condition. Those after it may fit now.
	 * @param condition what is sought
	 * @param refusal why
	 * @return whether there is one
	 */
	public boolean refuse(Predicate<E> condition, Exception refusal) {
		BlockedSend<E> refused = this.senders.poll((each) -> condition.test(each.sent()));
		if (refused != null) {
			refused.decide(refusal);
		}
		return refused != null;
	}

	/**
	 * Refuses all.
	 * @param refusal why
	 */
	public void refuseAll(Exception refusal) {
		this.senders.drain((each) -> each.decide(refusal));
	}

	// Those who are notified.

	/**
	 * There is no room.
	 * @param entries how many entries wait
	 */
	public void congested(int entries) {
		this.congestedBy = Math.max(1, entries);
	}

	/**
	 * Whether there was no room, and it is not back yet. Any thread.
	 * @return {@code true} until it is
	 */
	public boolean isCongested() {
		return this.congestedBy != 0;
	}

	/**
	 * Notifies one who holds no thread when there is room.
	 * @param waiter is called once
	 */
	public void add(Runnable waiter) {
		if (this.notified.isEmpty()) {
			this.notified = new ArrayList<>(1);
		}
		this.notified.add(waiter);
	}

	/**
	 * There may be enough room again.
	 * @param left how many entries have left
	 * @param halfEmpty whether at most half of the limits is used
	 * @return those who have waited for that, whom the caller notifies; each may send
	 * once
	 */
	public List<Runnable> roomMade(int left, boolean halfEmpty) {
		int rest = this.congestedBy - left;
		if (rest > 0 && !halfEmpty) {
			this.congestedBy = rest;
			return List.of();
		}
		List<Runnable> waiters = end();
		this.granted |= !waiters.isEmpty();
		return waiters;
	}

	/**
	 * No one has to wait for room any more.
	 * @return those who have, whom the caller notifies
	 */
	public List<Runnable> end() {
		this.congestedBy = 0;
		List<Runnable> waiters = this.notified;
		this.notified = List.of();
		return waiters;
	}

	/**
	 * Whether the caller may send once; it is asked only once.
	 * @return {@code true} if it was notified
	 */
	public boolean useGrant() {
		boolean used = this.granted;
		this.granted = false;
		return used;
	}

}
