package dev.socketserver.engine.tap;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.spi.IdText;
import dev.socketserver.transcript.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * One tap: keeps what its sessions receive and send until it has as many bytes as were
 * asked for, and then counts what it drops. Event loops add to it without waiting for
 * each other. Where there are masks, one thread stands between.
 */
public final class Tap implements SocketTap {

	/** No thread waits until a session is tapped. */
	static final Runnable AT_ONCE = () -> {
	};

	/** For each entry so many bytes may be kept: small ones need more for themselves. */
	private static final int BYTES_OF_ENTRY = 8;

	private static final int LEAST_ENTRIES = 1024;

	private final String id;

	private final TapRequest request;

	private final TapMasks masks;

	/** Absent where there is no mask. */
	private final @Nullable MaskQueue masking;

	private final AtomicReference<TapState> state = new AtomicReference<>(TapState.RUNNING);

	private final Queue<TapEntry> entries = new ConcurrentLinkedQueue<>();

	/** How many bytes are kept, or wait to be masked. */
	private final AtomicLong admitted = new AtomicLong();

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * How many entries may have been admitted, and are not kept yet. Counted before the
	 * state is asked, so that of a tap that is full nothing more comes when there are
	 * none.
	 */
	private final AtomicInteger unkept = new AtomicInteger();

	private final LongAdder kept = new LongAdder();

	private final LongAdder dropped = new LongAdder();

	private final AtomicInteger sessions = new AtomicInteger();

	/** Those that are tapped now. */
	private final Map<Tappable, SessionTap> tapped = new ConcurrentHashMap<>();

	/** Whether the next connection was made, if only that is tapped. */
	private final AtomicBoolean taken = new AtomicBoolean();

	private final Instant startedAt = Instant.now();

	/** When its time is up. */
	private final Instant timeUp;

	/** When it has ended, since it had what it had room for, or since it was ended. */
	private final AtomicReference<@Nullable Instant> endedAt = new AtomicReference<>();

	private final Consumer<Tap> whenFull;

	private final Deadline deadline = new Deadline();

	private final Function<List<TapEntry>, byte[]> pcap;

	/**
	 * Creates a tap of no session.
	 * @param whenFull is called once if it is full before it is ended, when all of that
	 * is kept; on any thread, also a loop
	 */
	Tap(String id, TapRequest request, TapMasks masks, ScheduledExecutorService timer, Executor thread,
			Function<List<TapEntry>, byte[]> pcap, Consumer<Tap> whenFull) {
		this.pcap = pcap;
		this.whenFull = whenFull;
		this.id = id;
		this.request = request;
		this.masks = masks;
		this.masking = masks.isEmpty() ? null : new MaskQueue(timer, thread, this::keepMasked);
		this.timeUp = this.startedAt.plus(request.duration());
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public TapRequest request() {
		return this.request;
	}

	/** Whether it keeps what is received. */
	boolean isRunning() {
		return this.state.get() == TapState.RUNNING;
	}

	@Override
	public State state() {
		// In this order: what was admitted is still to be kept.
		return (isRunning() || this.endedAt.get() == null || this.unkept.get() > 0) ? State.RUNNING : State.ENDED;
	}

	@Override
	public int sessions() {
		return this.sessions.get();
	}

	@Override
	public long bytes() {
		return this.kept.sum();
	}

	@Override
	public long dropped() {
		return this.dropped.sum();
	}

	@Override
	public Instant startedAt() {
		return this.startedAt;
	}

	@Override
	public Instant endsAt() {
		return Objects.requireNonNullElse(this.endedAt.get(), this.timeUp);
	}

	/** Returns what was kept so far. */
	List<TapEntry> entries() {
		return List.copyOf(this.entries);
	}

	@Override
	public Transcript transcript() {
		return TapEntry.transcript(entries());
	}

	@Override
	public List<TapMessage> messages() {
		return entries().stream().map(TapEntry::message).toList();
	}

	@Override
	public byte[] pcap() {
		return this.pcap.apply(entries());
	}

	Deadline deadline() {
		return this.deadline;
	}

	// Which sessions.

	/**
	 * Taps a session that opens, if it is one of those: not for its id, which an open one
	 * has. On its loop.
	 */
	void opened(Tappable session) {
		if (this.request.session() == null && this.request.bound() == null && matches(session)
				&& (!this.request.next() || this.taken.compareAndSet(false, true))) {
			add(session, AT_ONCE);
		}
	}

	/**
	 * Taps a session that is open, if it is one of those.
	 * @param session the session
	 * @param done is run when that is done, or when it is not one of those
	 */
	void offer(Tappable session, Runnable done) {
		if (this.request.next() || !matches(session) || !add(session, done)) {
			done.run();
		}
	}

	/** Whether sessions join it when they are bound. */
	boolean joinsBound() {
		return this.request.bound() != null;
	}

	private boolean matches(Tappable session) {
		String owner = session.isOfClient() ? this.request.client() : this.request.server();
		boolean anyOwner = this.request.client() == null && this.request.server() == null;
		return (anyOwner || session.server().equals(owner))
				&& (this.request.session() == null || session.id().equals(this.request.session())) && isFrom(session)
				&& isBound(session);
	}

	private boolean isFrom(Tappable session) {
		InetAddress host = session.remoteAddress().getAddress();
		return this.request.remote() == null || (host != null && this.request.remote().contains(host));
	}

	private boolean isBound(Tappable session) {
		TapRequest.Identity identity = this.request.bound();
		return identity == null || IdText.isListed(session.info().bound(), identity.type() + ":" + identity.id());
	}

	/** Returns whether the session is tapped by this call. */
	private boolean add(Tappable session, Runnable attached) {
		SessionTap tap = new SessionTap(this, session, this.masking != null);
		if (this.state.get() != TapState.ENDED && this.tapped.putIfAbsent(session, tap) == null) {
			this.sessions.incrementAndGet();
			session.tap(tap, attached);
			if (this.state.get() == TapState.ENDED) {
				session.untap(tap);
				this.tapped.remove(session, tap);
			}
			return true;
		}
		return false;
	}

	/** A session has ended, which may be said twice. Any thread; never waits. */
	void gone(Tappable session, TapEntry end) {
		if (this.tapped.remove(session) == null || !isRunning()) {
			return;
		}
		this.unkept.incrementAndGet();
		if (hasMostEntries()) {
			full();
		}
		else if (this.state.get() == TapState.RUNNING) {
			add(end);
			return;
		}
		settled();
	}

	// What they receive and send.

	/**
	 * Asks for room. Any thread; never waits.
	 * @param length how many bytes
	 * @param whole whether some of them are no use
	 * @return how many of them may be kept; the others are counted as dropped. Unless it
	 * is 0, {@link #add} or {@link #giveUp} follows
	 */
	int admit(int length, boolean whole) {
		if (!isRunning()) {
			drop(length);
			return 0;
		}
		this.unkept.incrementAndGet();
		int room = (this.state.get() == TapState.RUNNING) ? reserve(length, whole) : 0;
		if (room < length) {
			this.dropped.add(length - room);
		}
		if (room == 0) {
			settled();
		}
		return room;
	}

	private int reserve(int length, boolean whole) {
		if (hasMostEntries()) {
			full();
			return 0;
		}
		long before;
		int room;
		do {
			before = this.admitted.get();
			room = (int) Math.min(length, this.request.bytes() - before);
			if (whole && room < length) {
				room = 0;
			}
		}
		while (!this.admitted.compareAndSet(before, before + room));
		if (room < length || before + room == this.request.bytes()) {
			full();
		}
		return room;
	}

	private boolean hasMostEntries() {
		return this.count.get() >= Math.max(LEAST_ENTRIES, this.request.bytes() / BYTES_OF_ENTRY);
	}

	private void full() {
		this.state.compareAndSet(TapState.RUNNING, TapState.FULL);
	}

	/** Keeps what was admitted. Any thread; never waits. */
	void add(TapEntry entry) {
		this.count.incrementAndGet();
		if (this.masking != null) {
			this.masking.add(entry);
		}
		else {
			keep(entry);
		}
	}

	private void keep(TapEntry entry) {
		this.entries.add(entry);
		this.kept.add(entry.payload().length);
		settled();
	}

	/** On the thread of the tap. */
	private void keepMasked(TapEntry entry) {
		if (entry.reason() != null) {
			keep(entry);
			return;
		}
		int length = entry.payload().length;
		TapEntry masked = this.masks.apply(entry);
		int more = (masked != null) ? masked.payload().length - length : 0;
		if (masked == null || (more > 0 && this.admitted.get() + more > this.request.bytes())) {
			this.admitted.addAndGet(-length);
			giveUp(length);
			return;
		}
		this.admitted.addAndGet(more);
		keep(masked);
	}

	/** What was admitted cannot be kept. Any thread. */
	void giveUp(int length) {
		drop(length);
		settled();
	}

	/** What may have been admitted is kept, or is not. Any thread; never waits. */
	private void settled() {
		if (this.unkept.decrementAndGet() == 0 && this.state.get() == TapState.FULL && noteEnd()) {
			this.whenFull.accept(this);
		}
	}

	/** Counts what cannot be kept. Any thread. */
	void drop(long length) {
		this.dropped.add(length);
	}

	// Its end.

	/**
	 * Ends it.
	 * @return {@code false} if it had ended before, also since it was full
	 */
	boolean end() {
		boolean first = noteEnd();
		if (this.state.getAndSet(TapState.ENDED) != TapState.ENDED) {
			this.deadline.cancel();
			this.tapped.forEach(Tappable::untap);
			this.tapped.clear();
		}
		return first;
	}

	/** Notes that it has ended; returns whether it had not before. */
	private boolean noteEnd() {
		Instant now = Instant.now();
		return this.endedAt.compareAndSet(null, now.isBefore(this.timeUp) ? now : this.timeUp);
	}

	/** Gives its memory back. */
	void forget() {
		if (this.masking != null) {
			this.masking.clear();
			// What has waited there is never kept.
			this.unkept.set(0);
		}
		this.entries.clear();
	}

}
