package dev.socketserver.benchmarks;

import java.io.IOException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What a server costs that has nothing to do.
 *
 * @param heapPerSession the bytes of live heap that an idle session holds; NaN if the
 * server could not hold that many sessions
 * @param problem why the server could not hold the sessions, or {@code null}
 */
record Rest(double heapPerSession, @Nullable String problem) {

	private static final int MAX_CHECKS = 20;

	private static final long BETWEEN_CHECKS_MILLIS = 500;

	private static final long SETTLED_BYTES = 16 * 1024;

	/**
	 * Measures a server without sessions, and then with many that have exchanged a line
	 * each.
	 * @param server the server, just started
	 * @param load opens the sessions
	 * @param service what they are for: lines, plain or over TLS
	 * @param sessions how many
	 * @return the result
	 * @throws IOException if processes cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static Rest of(RunningServer server, LoadGenerator load, Service service, int sessions)
			throws IOException, InterruptedException {
		try {
			// A first time, for classes, pools and tables that only grow.
			hold(server, load, service, sessions);
			long before = settled(server);
			long after = hold(server, load, service, sessions);
			return new Rest((double) (after - before) / sessions, null);
		}
		catch (BenchmarkException ex) {
			return new Rest(Double.NaN, String.valueOf(ex.getMessage()).lines().findFirst().orElse("failed"));
		}
	}

	/**
	 * Returns the live heap once it does not shrink any more: garbage of sessions and of
	 * the start goes little by little.
	 */
	private static long settled(RunningServer server) throws IOException, InterruptedException {
		long before = Long.MAX_VALUE;
		long heap = server.liveHeap();
		for (int i = 0; i < MAX_CHECKS && Math.abs(before - heap) > SETTLED_BYTES; i++) {
			Thread.sleep(BETWEEN_CHECKS_MILLIS);
			before = heap;
			heap = server.liveHeap();
		}
		return heap;
	}

	private static long hold(RunningServer server, LoadGenerator load, Service service, int sessions)
			throws IOException, InterruptedException {
		AutoCloseable held = load.on(server.contender()).hold(server.port(service), server.pid(), service, sessions);
		try {
			return settled(server);
		}
		finally {
			close(held);
		}
	}

	private static void close(AutoCloseable held) throws IOException, InterruptedException {
		try {
			held.close();
		}
		catch (IOException | InterruptedException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%,.0f bytes of heap each", this.heapPerSession)
				+ ((this.problem != null) ? " (" + this.problem + ")" : "");
	}

}
