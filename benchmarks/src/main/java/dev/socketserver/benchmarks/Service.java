package dev.socketserver.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What servers do for a message. Each has a port of its own, and all of them send what
 * they were sent: back, unless it is said otherwise.
 */
enum Service implements Word {

	/** Lines end with a line feed. */
	LINES("lines", false),

	/** The first four bytes of a frame say how many follow. */
	FRAMES("frames", true),

	/** Lines, each of which the application takes {@link #BLOCKING_MILLIS} for. */
	BLOCKING("blocking", false),

	/** Lines, each of which is sent to all connections. */
	BROADCAST("broadcast", false),

	/** Lines over TLS 1.3. */
	TLS("tls", false);

	/** How long a call that blocks does so. */
	static final int BLOCKING_MILLIS = 5;

	private final String id;

	private final boolean frames;

	Service(String id, boolean frames) {
		this.id = id;
		this.frames = frames;
	}

	@Override
	public String id() {
		return this.id;
	}

	/** Whether messages are frames that begin with their length; else lines. */
	boolean frames() {
		return this.frames;
	}

	/**
	 * The application: the same for all servers.
	 * @param message a line without its end, or what is in a frame
	 * @return the reply, without its end
	 */
	String reply(String message) {
		if (this == BLOCKING) {
			long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BLOCKING_MILLIS);
			for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
		}
		return message;
	}

	/**
	 * Finds a service by its name.
	 * @param id the name
	 * @return the service
	 * @throws BenchmarkException if there is none of that name
	 */
	static Service of(String id) {
		return Word.find("service", id, values());
	}

}
