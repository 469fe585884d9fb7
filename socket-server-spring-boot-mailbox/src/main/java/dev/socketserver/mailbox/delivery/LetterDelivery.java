package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BiFunction;

import dev.socketserver.SocketSession;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.delivery.DeliveryAttempt.Outcome;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.NextLetter;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredState;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * Sends the letters of one identity to the newest of its sessions on this node, one after
 * the other. What wants it to look for letters calls {@link #begin}; it looks on a thread
 * of the mailbox, and is at one letter at most. Which sessions may be sent to, and
 * whether it is under way, is guarded by its monitor.
 */
final class LetterDelivery {

	/**
	 * How often to see whether a peer has sent something, while letters wait for that.
	 */
	private static final Duration GLANCE = Duration.ofMillis(250);

	/** How long until the store is asked again to note what became of a letter. */
	private static final Duration AGAIN = Duration.ofSeconds(1);

	private final Deliveries all;

	private final Recipient recipient;

	/** Those whose call that has bound them is over. */
	private final List<SocketSession> ready = new ArrayList<>(1);

	private boolean underWay;

	/** Whether there is a reason to look again when it is over. */
	private boolean again;

	/**
	 * Whether a letter waits for the peer to send something. On the thread that looks.
	 */
	private volatile boolean waits;

	/** Whether another node is to look if that has the newest session. */
	private boolean handsOver;

	/** Looks again later; absent if nothing is to be waited for. */
	private @Nullable ScheduledFuture<?> later;

	LetterDelivery(Deliveries all, Recipient recipient) {
		this.all = all;
		this.recipient = recipient;
	}

	/** A session has the identity, and the call that has bound it is over. */
	synchronized void ready(SocketSession session) {
		if (!this.ready.contains(session)) {
			this.ready.add(session);
		}
	}

	/** A session has ended. */
	synchronized void ended(SocketSession session) {
		this.ready.remove(session);
	}

	/**
	 * Looks for a letter, or has the node of the newest session do so if that is another.
	 */
	void beginOrHandOver() {
		synchronized (this) {
			this.handsOver = true;
		}
		begin();
	}

	private synchronized boolean takeHandsOver() {
		boolean taken = this.handsOver;
		this.handsOver = false;
		return taken;
	}

	/** Whether it is at no letter, and has no session. */
	synchronized boolean isIdle() {
		return this.ready.isEmpty() && !this.underWay;
	}

	private synchronized boolean isAnyReady() {
		return !this.ready.isEmpty();
	}

	private synchronized boolean isReady(SocketSession session) {
		return this.ready.contains(session);
	}

	/** Looks for a letter, unless it is at one. */
	void begin() {
		synchronized (this) {
			cancel();
			if (this.underWay) {
				this.again = true;
				return;
			}
			this.underWay = true;
		}
		this.all.access().run(this::next);
	}

	private void cancel() {
		if (this.later != null) {
			this.later.cancel(false);
			this.later = null;
		}
	}

	/** Other settings may not have a letter wait for the peer any more. */
	void settingsChanged() {
		if (this.waits) {
			begin();
		}
	}

	/** It is at no letter any more; looks again after a while, if that is given. */
	private void over(@Nullable Duration pause) {
		boolean more;
		synchronized (this) {
			this.underWay = false;
			more = this.again;
			this.again = false;
			if (!more && pause != null && !this.ready.isEmpty()) {
				this.later = this.all.access().later(pause, this::begin);
			}
		}
		if (more) {
			begin();
		}
		else {
			this.all.forgetIdle(this.recipient);
		}
	}

	private void next() {
		boolean handsOver = takeHandsOver();
		try {
			SocketSession session = newest();
			ServerMailbox settings = settings(session);
			if (session == null || settings == null) {
				if (session == null && handsOver) {
					this.all.handOver(this.recipient);
				}
				over(null);
			}
			else if (isSilent(session, settings)) {
				this.waits = this.waits
						|| !this.all.access().ask((store) -> store.due(Set.of(this.recipient))).isEmpty();
				over(this.waits ? GLANCE : null);
			}
			else {
				this.waits = false;
				Turn turn = claim(session, settings, (store, claimer) -> store.claim(this.recipient, claimer));
				if (turn != null) {
					send(turn);
				}
				else {
					over(null);
				}
			}
		}
		catch (MailboxUnavailableException ex) {
			// Whoever looks after the store begins again.
			over(null);
		}
		catch (Throwable ex) {
			this.all.failed(this.recipient, ex);
			over(null);
		}
	}

	/** Where none is ready, the directory need not be asked for the newest. */
	private @Nullable SocketSession newest() {
		return isAnyReady() ? this.all.newest(this.recipient) : null;
	}

	/** How a session gets letters; {@code null} if it does not. */
	private @Nullable ServerMailbox settings(@Nullable SocketSession session) {
		return (session != null && isReady(session)) ? this.all.settings(session) : null;
	}

	private static boolean isSilent(SocketSession session, ServerMailbox settings) {
		return settings.sendOn() == SendOn.MESSAGE && (session.info().messagesReceived() == 0 || System.nanoTime()
				- SessionOperations.of(session).peer().silentSince() > settings.active().toNanos());
	}

	/**
	 * Asks the store for the next letter of a session.
	 * @return {@code null} if the directory has not granted the identity: then it is
	 * bound again
	 */
	private @Nullable Turn claim(SocketSession session, ServerMailbox settings,
			BiFunction<LetterStore, Claimer, NextLetter> question) {
		long token = session.token(this.recipient.type(), this.recipient.id()).orElse(0);
		if (token == 0) {
			return null;
		}
		Claimer claimer = new Claimer(token, this.all.holder(), this.all.isFenced(), settings.hold(),
				settings.attempts());
		long asked = System.nanoTime();
		return new Turn(session, settings, asked, this.all.access().ask((store) -> question.apply(store, claimer)));
	}

	private void send(Turn turn) {
		ServerMailbox settings = turn.settings();
		turn.next().ended().forEach(this.all.listener()::ended);
		ClaimedLetter claimed = turn.next().letter();
		if (claimed == null) {
			over(turn.next().due());
			return;
		}
		Duration left = claimed.left().minusNanos(System.nanoTime() - turn.asked());
		if (left.isNegative() || left.isZero()) {
			settle(claimed.claim(), settings, Outcome.notSent("it has expired"), Duration.ZERO);
			return;
		}
		this.all.listener().sent(claimed.letter());
		SocketSession session = turn.session();
		new DeliveryAttempt(this.all.access(), settings, this.all.judge(), session, claimed).begin(left,
				(outcome) -> settle(claimed.claim(), settings, outcome, pause(claimed, settings, outcome, session)));
	}

	/**
	 * A session that is gone need not be given time: the next one may have the letter.
	 */
	private static Duration pause(ClaimedLetter claimed, ServerMailbox settings, Outcome outcome,
			SocketSession session) {
		boolean gone = session.info().closed() != null;
		return (!outcome.attempted() && gone) ? Duration.ZERO : settings.pause(claimed.claim().attempt());
	}

	/** Notes what became of a letter, and goes on to the next. */
	private void settle(Claim claim, ServerMailbox settings, Outcome outcome, Duration pause) {
		Turn turn;
		try {
			turn = (outcome.state() == LetterState.DELIVERED) ? endAndClaim(claim, outcome) : null;
			if (turn == null) {
				note(claim, settings, outcome, pause);
			}
		}
		catch (MailboxUnavailableException ex) {
			// Until it is noted, another would send it again.
			ScheduledFuture<?> unused = this.all.access().later(AGAIN, () -> settle(claim, settings, outcome, pause));
			return;
		}
		catch (Throwable ex) {
			this.all.failed(this.recipient, ex);
			over(AGAIN);
			return;
		}
		if (turn != null) {
			goOn(turn);
			return;
		}
		// Another node may have asked too late for what this one had.
		synchronized (this) {
			this.handsOver = true;
		}
		next();
	}

	/**
	 * Ends a letter, and claims the next one for the session that is to have it, which a
	 * database does in one transaction.
	 * @return {@code null} if nothing was done, since there is no such session
	 */
	private @Nullable Turn endAndClaim(Claim claim, Outcome outcome) {
		SocketSession session = newest();
		ServerMailbox settings = settings(session);
		return (session == null || settings == null || isSilent(session, settings)) ? null : claim(session, settings,
				(store, claimer) -> store.endAndClaim(claim, outcome.state(), outcome.detail(), claimer));
	}

	private void goOn(Turn turn) {
		this.waits = false;
		try {
			send(turn);
		}
		catch (Throwable ex) {
			this.all.failed(this.recipient, ex);
			over(null);
		}
	}

	private void note(Claim claim, ServerMailbox settings, Outcome outcome, Duration pause) {
		boolean spent = outcome.attempted() && claim.attempt() >= settings.attempts();
		if (outcome.state() == LetterState.WAITING && !spent) {
			this.all.access().ask((store) -> {
				store.giveBack(claim, outcome.attempted(), pause, outcome.detail());
				return true;
			});
			return;
		}
		boolean delivered = outcome.state() == LetterState.DELIVERED;
		String detail = (outcome.state() == LetterState.WAITING)
				? StoredState.spent(claim.attempt()) + ": " + outcome.detail() : outcome.detail();
		Letter ended = this.all.access()
			.ask((store) -> store.end(claim, outcome.attempted(),
					delivered ? LetterState.DELIVERED : LetterState.REFUSED, detail))
			.orElse(null);
		if (ended != null) {
			this.all.listener().ended(ended);
		}
	}

	/**
	 * What a session may get next.
	 *
	 * @param session the session
	 * @param settings those of its server
	 * @param asked when the store was asked
	 * @param next what it said
	 */
	private record Turn(SocketSession session, ServerMailbox settings, long asked, NextLetter next) {

	}

}
