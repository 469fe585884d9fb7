package dev.socketserver.engine.tap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.TapMask;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.operator.IoThread;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

/**
 * The taps of an application, and the recorders of its sessions. Safe for use by several
 * threads.
 */
public final class Taps implements SocketTaps {

	private static final Tap[] NONE = {};

	private static final String THREAD = "socket-server-tap";

	private static final long ATTACH_MILLIS = 1_000;

	private final int limit;

	private final Supplier<? extends Stream<? extends Tappable>> sessions;

	private final ScheduledExecutorService timer;

	private final Function<String, Executor> threads;

	private final TapMasks masks;

	private final MemoryBudget memory;

	private final Function<List<TapEntry>, byte[]> pcap;

	private final Recordings recordings;

	private final TapLog log = new TapLog();

	/** The oldest first. Guarded by this. */
	private final List<Tap> known = new ArrayList<>();

	/** How many there were. Guarded by this. */
	private long started;

	/** Guarded by this. */
	private boolean closed;

	/** Those that may get sessions; replaced as a whole. */
	private volatile Tap[] open = NONE;

	/**
	 * Creates them.
	 * @param settings what applications set
	 * @param memory what recorders keep counts in this, and no tap keeps more
	 * @param sessions gives all open sessions
	 * @param timer ends taps
	 * @param threads makes the thread of a tap, by its name
	 * @param pcap makes a capture of what a tap has kept
	 */
	public Taps(Settings settings, MemoryBudget memory, Supplier<? extends Stream<? extends Tappable>> sessions,
			ScheduledExecutorService timer, Function<String, Executor> threads, Function<List<TapEntry>, byte[]> pcap) {
		this.limit = settings.limit();
		this.sessions = sessions;
		this.timer = timer;
		this.threads = threads;
		this.memory = memory;
		this.pcap = pcap;
		this.masks = new TapMasks(settings.masks());
		this.recordings = new Recordings(settings.recorder(), memory, this.masks, threads.apply(THREAD + "-recorder"));
	}

	// What operators do.

	@Override
	public SocketTap start(TapRequest request) {
		if (request.bytes() > mostBytes()) {
			throw new IllegalArgumentException(
					"A tap keeps at most " + mostBytes() + " bytes, and not " + request.bytes());
		}
		if (request.session() != null && present(request).isEmpty()) {
			throw new NoSuchElementException("There is no open session '" + request.session() + "'");
		}
		Tap tap = add(request);
		tap.deadline()
			.set(this.timer.schedule(() -> end(tap, "its time was up"), request.duration().toNanos(),
					TimeUnit.NANOSECONDS));
		// After the addition, so that a session that opens meanwhile is not missed.
		List<? extends Tappable> present = present(request);
		CountDownLatch attached = new CountDownLatch(present.size());
		present.forEach((one) -> tap.offer(one, attached::countDown));
		await(attached);
		return tap;
	}

	/**
	 * Returns the open sessions, or those of an id: a client of the name of a server has
	 * the same ids, and is meant if the server has no such session, or if it is named.
	 */
	private List<? extends Tappable> present(TapRequest request) {
		String id = request.session();
		if (id == null) {
			return this.sessions.get().toList();
		}
		List<? extends Tappable> named = this.sessions.get().filter((one) -> one.id().equals(id)).toList();
		List<? extends Tappable> ofServers = named.stream().filter((one) -> !one.isOfClient()).toList();
		return (ofServers.isEmpty() || request.client() != null) ? named : ofServers;
	}

	/**
	 * Waits until all sessions are tapped, so that nothing is missed of what follows the
	 * answer; but not for long for a loop that is stuck.
	 */
	private static void await(CountDownLatch attached) {
		if (Thread.currentThread() instanceof IoThread) {
			return;
		}
		try {
			boolean unused = attached.await(ATTACH_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized Tap add(TapRequest request) {
		if (this.closed) {
			throw new IllegalStateException("No tap starts any more: the application stops");
		}
		if (this.known.stream().filter(Tap::isRunning).count() >= this.limit) {
			throw new IllegalStateException(
					"As many taps run as may at once: socket.tap.limit = " + this.limit + ". End one of them");
		}
		String id = "tap-" + ++this.started;
		Tap tap = new Tap(id, request, this.masks, this.timer, this.threads.apply(THREAD + "-" + this.started),
				this.pcap, this::full);
		this.log.started(tap);
		this.known.add(tap);
		for (int i = this.known.size() - 1 - this.limit; i >= 0; i--) {
			Tap old = this.known.get(i);
			if (!old.isRunning()) {
				this.known.remove(i);
				end(old, "of younger ones");
				old.forget();
			}
		}
		this.open = this.known.toArray(Tap[]::new);
		return tap;
	}

	@Override
	public List<SocketTap> taps() {
		return List.copyOf(all());
	}

	private synchronized List<Tap> all() {
		return List.copyOf(this.known);
	}

	@Override
	public Optional<SocketTap> tap(String id) {
		return Optional.ofNullable(find(id));
	}

	private @Nullable Tap find(String id) {
		return all().stream().filter((tap) -> tap.id().equals(id)).findAny().orElse(null);
	}

	@Override
	public long mostBytes() {
		return this.memory.limit();
	}

	@Override
	public boolean remove(String id, String by) {
		Tap removed;
		synchronized (this) {
			removed = find(id);
			if (removed == null) {
				return false;
			}
			this.known.remove(removed);
			this.open = this.known.toArray(Tap[]::new);
		}
		end(removed, by + " has ended it");
		this.log.removed(removed, by);
		removed.forget();
		return true;
	}

	/** Ends all taps; no other starts. */
	public void endAll() {
		synchronized (this) {
			this.closed = true;
		}
		all().forEach((tap) -> end(tap, "the application stops"));
	}

	private void end(Tap tap, String why) {
		if (tap.end()) {
			this.log.ended(tap, why);
		}
	}

	/** A tap is full. Perhaps on the loop of a session, which logs nothing. */
	private void full(Tap tap) {
		try {
			this.timer.execute(() -> this.log.ended(tap, "it is full"));
		}
		catch (RejectedExecutionException ex) {
			// The application has stopped.
			this.log.ended(tap, "it is full");
		}
	}

	// What sessions do.

	/** A session opens. On its loop, before anything is received. */
	public void opened(Tappable session) {
		if (this.recordings.frames() > 0 && !session.isOfClient()) {
			session.tap(new FlightRecorder(this.recordings, session), Tap.AT_ONCE);
		}
		for (Tap tap : this.open) {
			tap.opened(session);
		}
	}

	/** A session was bound to an identity. Any thread. */
	public void bound(Tappable session) {
		for (Tap tap : this.open) {
			if (tap.joinsBound()) {
				tap.offer(session, Tap.AT_ONCE);
			}
		}
	}

	/**
	 * A session has ended.
	 * @param point where it was tapped
	 * @param status how it has ended
	 * @param kept gets what was recorded, if that is to be shown; at once, or later on
	 * another thread
	 */
	public void ended(@Nullable TapPoint point, CloseStatus status, Consumer<Recordings.Recording> kept) {
		FlightRecorder recorder = recorder(point);
		if (recorder != null) {
			this.recordings.ended(recorder, status, kept);
		}
	}

	private static @Nullable FlightRecorder recorder(@Nullable TapPoint point) {
		return (point != null) ? point.recorder() : null;
	}

	/** A session has ended that is not shown. */
	public void forget(@Nullable TapPoint point) {
		FlightRecorder recorder = recorder(point);
		if (recorder != null) {
			recorder.giveUp();
		}
	}

	/** What was recorded of a session is not shown any more. */
	public void forget(Recordings.Recording recording) {
		this.recordings.release(recording.bytes());
	}

	/**
	 * What applications set.
	 *
	 * @param limit how many taps run at once
	 * @param recorder how many frames of each session to record; 0 for none
	 * @param masks gives the masks; asked once, when there is something to mask
	 */
	public record Settings(int limit, int recorder, Supplier<? extends Collection<? extends TapMask>> masks) {
	}

}
