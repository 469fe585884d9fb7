package dev.socketserver.chaos;

import java.util.concurrent.locks.LockSupport;

/**
 * Time that an action lets pass, as one that attacks does, and never to give the server
 * time.
 */
final class Pause {

	private Pause() {
	}

	static void millis(long millis) {
		long end = System.nanoTime() + millis * 1_000_000;
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

}
