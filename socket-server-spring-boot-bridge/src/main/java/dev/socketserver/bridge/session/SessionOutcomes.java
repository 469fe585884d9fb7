package dev.socketserver.bridge.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What has become of messages of one session, until its lane looks at that: one task for
 * all that is there by then. Any thread.
 */
final class SessionOutcomes {

	private final Executor lane;

	/** What the lane is to do, the oldest first; guarded by this. */
	private List<Runnable> ended = new ArrayList<>();

	/** The lane is to look; guarded by this. */
	private boolean announced;

	SessionOutcomes(Executor lane) {
		this.lane = lane;
	}

	/** Adds what the lane is to do, once it is to {@linkplain #announce look}. */
	synchronized void add(Runnable outcome) {
		this.ended.add(outcome);
	}

	/** Has the lane look, unless it is about to. */
	void announce() {
		synchronized (this) {
			if (this.announced) {
				return;
			}
			this.announced = true;
		}
		this.lane.execute(this::run);
	}

	private void run() {
		take().forEach(Runnable::run);
	}

	private synchronized List<Runnable> take() {
		List<Runnable> taken = this.ended;
		this.ended = new ArrayList<>();
		this.announced = false;
		return taken;
	}

}
