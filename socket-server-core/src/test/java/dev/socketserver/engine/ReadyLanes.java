package dev.socketserver.engine;

import dev.socketserver.engine.lane.Lane;

/**
 * Lanes for tests of what runs them.
 */
public final class ReadyLanes {

	private ReadyLanes() {
	}

	/**
	 * Returns a lane that is to be run.
	 * @param session the number of its session
	 * @param task what it is to run
	 * @param refused is notified if no thread is available
	 */
	public static Lane of(long session, Runnable task, Runnable refused) {
		Lane lane = new Lane((ready) -> {
		}, new Lane.Owner() {

			@Override
			public long sessionNumber() {
				return session;
			}

			@Override
			public void batchEnded() {
			}

			@Override
			public void refused() {
				refused.run();
			}

		});
		lane.submit(task);
		return lane;
	}

}
