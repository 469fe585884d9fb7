package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterJudge;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * All deliveries of this node: one for each identity that has a session of a server with
 * a mailbox. It also looks after the store, at intervals: finds letters that others have
 * posted, ends those that have expired, and forgets old ones. Safe for use by several
 * threads.
 */
public final class Deliveries implements AutoCloseable {

	private static final SafeLogger logger = SafeLogger.of(Deliveries.class);

	/** So many identities, or letters, are dealt with in one question to the store. */
	private static final int MANY = 500;

	/** How long the directory is given to learn that a session has ended. */
	private static final Duration HAND_OVER_AGAIN = Duration.ofMillis(100);

	private static final int HAND_OVERS = 50;

	private static final Duration LAST_ANSWER = Duration.ofSeconds(5);

	private final StoreAccess access;

	private final MailboxStoreProperties settings;

	private final Supplier<SocketServers> servers;

	private final OtherNodes others;

	private final Supplier<@Nullable LetterJudge> judge;

	private final LetterListener listener;

	private final String holder = UUID.randomUUID().toString();

	private final Map<String, ServerMailbox> mailboxes = new ConcurrentHashMap<>();

	private final Map<Recipient, LetterDelivery> deliveries = new ConcurrentHashMap<>();

	/** Which of these a session has had. */
	private final Map<SocketSession, Set<Recipient>> identities = new ConcurrentHashMap<>();

	private volatile long waiting;

	/** Looks after the store; absent while it rests. Guarded by this. */
	private @Nullable Poll poll;

	private volatile boolean closed;

	/**
	 * Creates the deliveries, which begin with {@link #start}.
	 * @param access the store
	 * @param settings what holds for all letters
	 * @param servers the servers of this node; asked for when there are sessions
	 * @param others the other nodes
	 * @param judge judges replies; asked for when there is one
	 * @param listener is notified of letters
	 */
	public Deliveries(StoreAccess access, MailboxStoreProperties settings, Supplier<SocketServers> servers,
			OtherNodes others, Supplier<@Nullable LetterJudge> judge, LetterListener listener) {
		this.access = access;
		this.settings = settings;
		this.servers = servers;
		this.others = others;
		this.judge = judge;
		this.listener = listener;
	}

	/** Begins to look after the store, unless it does. The first look is at once. */
	public synchronized void start() {
		if (this.poll == null) {
			this.access.rest(false);
			Poll first = new Poll();
			this.poll = first;
			this.access.run(first::run);
		}
	}

	/**
	 * Leaves the store alone until the next start: its connections may be closed
	 * meanwhile. A question that is under way is awaited.
	 */
	public synchronized void rest() {
		Poll running = this.poll;
		this.poll = null;
		this.access.rest(true);
		if (running != null) {
			running.end();
		}
	}

	/**
	 * Has a server deliver letters, or deliver them otherwise: attempts that are under
	 * way end by what they began with.
	 * @param mailbox how
	 */
	public void add(ServerMailbox mailbox) {
		ServerMailbox before = this.mailboxes.put(mailbox.server(), mailbox);
		if (before != null && !before.equals(mailbox)) {
			this.deliveries.values().forEach(LetterDelivery::settingsChanged);
		}
	}

	/**
	 * Has a server deliver no letters any more.
	 * @param server the name of the server
	 */
	public void remove(String server) {
		this.mailboxes.remove(server);
	}

	/**
	 * Returns how a type of identity gets its letters.
	 * @param type what kind of identity
	 * @return the servers that deliver them, by their names
	 */
	public List<ServerMailbox> of(String type) {
		return this.mailboxes.values()
			.stream()
			.filter((mailbox) -> mailbox.identity().equals(type))
			.sorted((one, other) -> one.server().compareTo(other.server()))
			.toList();
	}

	/**
	 * A session has been bound.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	public void bound(SocketSession session, String type, String id) {
		if (!delivers(session.server(), type)) {
			return;
		}
		Recipient recipient;
		try {
			recipient = new Recipient(type, id);
		}
		catch (IllegalArgumentException ex) {
			// There can be no letter for it.
			return;
		}
		SessionOperations.of(session).peer().afterCall(() -> ready(session, recipient));
	}

	/** Whether the sessions of a server get the letters of a type of identity. */
	private boolean delivers(String server, String type) {
		ServerMailbox mailbox = this.mailboxes.get(server);
		return mailbox != null && mailbox.identity().equals(type);
	}

	private void ready(SocketSession session, Recipient recipient) {
		this.identities.compute(session, (key, known) -> {
			Set<Recipient> identities = (known != null) ? known : new HashSet<>(2);
			identities.add(recipient);
			this.deliveries.compute(recipient, (same, at) -> {
				LetterDelivery delivery = (at != null) ? at : new LetterDelivery(this, recipient);
				delivery.ready(session);
				return delivery;
			});
			return identities;
		});
		// Once it can be found: what is posted behind its first look has it look again.
		begin(recipient);
		if (session.info().closed() != null) {
			closed(session);
		}
	}

	/**
	 * A session has ended.
	 * @param session the session
	 */
	public void closed(SocketSession session) {
		Set<Recipient> had = this.identities.remove(session);
		if (had != null) {
			had.forEach((recipient) -> ended(session, recipient));
		}
	}

	private void ended(SocketSession session, Recipient recipient) {
		LetterDelivery delivery = this.deliveries.get(recipient);
		if (delivery != null) {
			// An older session may be the newest now.
			delivery.ended(session);
			delivery.beginOrHandOver();
		}
	}

	/** Forgets the identities that a session has given up, which is no event. */
	private void forgetUnbound(SocketSession session) {
		this.identities.computeIfPresent(session, (key, known) -> {
			known.removeIf((recipient) -> {
				boolean unbound = !this.servers.get().find(recipient.type(), recipient.id()).contains(session);
				if (unbound) {
					ended(session, recipient);
				}
				return unbound;
			});
			return known.isEmpty() ? null : known;
		});
	}

	/** Forgets a delivery that is at no letter, and has no session. */
	void forgetIdle(Recipient recipient) {
		this.deliveries.computeIfPresent(recipient, (key, delivery) -> delivery.isIdle() ? null : delivery);
	}

	/**
	 * Looks for letters to an identity, since another node says so.
	 * @param recipient the identity
	 */
	public void begin(Recipient recipient) {
		LetterDelivery delivery = this.deliveries.get(recipient);
		if (delivery != null) {
			delivery.begin();
		}
	}

	/**
	 * There may be a letter to send to an identity: this node looks for it, or has that
	 * of the newest session do so.
	 * @param recipient the identity
	 */
	void beginOrHandOver(Recipient recipient) {
		LetterDelivery delivery = this.deliveries.get(recipient);
		if (delivery != null) {
			delivery.beginOrHandOver();
		}
		else {
			handOver(recipient);
		}
	}

	/** Returns the newest session that gets the letters, if it is of this node. */
	@Nullable SocketSession newest(Recipient recipient) {
		if (this.closed || this.others.haveNewest(recipient, (server) -> delivers(server, recipient.type()))) {
			return null;
		}
		SocketSession newest = null;
		long highest = -1;
		for (SocketSession session : this.servers.get().find(recipient.type(), recipient.id())) {
			long token = session.token(recipient.type(), recipient.id()).orElse(0);
			if (token >= highest && delivers(session.server(), recipient.type())) {
				newest = session;
				highest = token;
			}
		}
		return newest;
	}

	/** Has the node of the newest session of an identity look for letters. */
	void handOver(Recipient recipient) {
		handOver(recipient, HAND_OVERS);
	}

	private void handOver(Recipient recipient, int tries) {
		CompletableFuture<?> unused = this.others
			.posted(recipient, (session) -> this.servers.get().session(session).isPresent())
			.thenAccept((again) -> {
				if (again && tries > 1) {
					ScheduledFuture<?> unusedTimer = this.access.later(HAND_OVER_AGAIN,
							() -> handOver(recipient, tries - 1));
				}
			});
	}

	@Nullable ServerMailbox settings(SocketSession session) {
		return this.mailboxes.get(session.server());
	}

	/** Does what is to be done at intervals. */
	private void lookAfterStore() {
		try {
			if (this.access.outage() != null) {
				this.access.check();
			}
			this.identities.keySet().forEach(this::forgetUnbound);
			for (LetterDelivery delivery : due()) {
				delivery.begin();
			}
			List<Letter> expired;
			do {
				expired = this.access.ask((store) -> store.expire(MANY));
				expired.forEach(this.listener::ended);
			}
			while (expired.size() == MANY);
			this.waiting = this.access.ask((store) -> {
				store.forget(this.settings.keep());
				return store.count();
			});
		}
		catch (MailboxUnavailableException ex) {
			// It is tried again.
		}
		catch (Throwable ex) {
			logger.error("The mailbox could not look after its letters", ex);
		}
	}

	private Collection<LetterDelivery> due() {
		List<Recipient> all = this.deliveries.keySet().stream().toList();
		List<LetterDelivery> due = new ArrayList<>();
		for (int from = 0; from < all.size(); from += MANY) {
			List<Recipient> some = all.subList(from, Math.min(from + MANY, all.size()));
			Set<Recipient> found = this.access.ask((store) -> store.due(some));
			found.stream().map(this.deliveries::get).filter((delivery) -> delivery != null).forEach(due::add);
		}
		return due;
	}

	StoreAccess access() {
		return this.access;
	}

	String holder() {
		return this.holder;
	}

	/** Whether tokens are of one cluster. */
	boolean isFenced() {
		return this.others.isClustered();
	}

	@Nullable LetterJudge judge() {
		return this.judge.get();
	}

	LetterListener listener() {
		return this.listener;
	}

	/**
	 * Returns how many letters were not final when the store was asked last.
	 * @return the number, in the whole store
	 */
	public long waiting() {
		return this.waiting;
	}

	void failed(Recipient recipient, Throwable failure) {
		logger.error("A letter for {} could not be dealt with, and is tried again", recipient, failure);
	}

	/** Claims no further letter. */
	@Override
	public void close() {
		this.closed = true;
	}

	/** Looks after the store at intervals, until it ends. */
	private final class Poll {

		private final ReentrantLock underWay = new ReentrantLock();

		private volatile boolean over;

		private void again() {
			ScheduledFuture<?> unused = Deliveries.this.access.later(Deliveries.this.settings.poll(), this::run);
		}

		private void run() {
			this.underWay.lock();
			try {
				if (!this.over) {
					lookAfterStore();
					again();
				}
			}
			finally {
				this.underWay.unlock();
			}
		}

		/** Waits for what is under way, for a while. */
		void end() {
			this.over = true;
			try {
				if (this.underWay.tryLock(LAST_ANSWER.toNanos(), TimeUnit.NANOSECONDS)) {
					this.underWay.unlock();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
