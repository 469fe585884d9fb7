package dev.socketserver.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Asks endpoints over HTTP how a server does, each of them ten times a second, as eager
 * monitoring would. It does so on the core of the load generator.
 */
final class Poller implements AutoCloseable {

	private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final int TIMEOUT_MILLIS = 10_000;

	/** Of each endpoint, before a visit that does not count. */
	private static final int WARM_UP = 500;

	private static final int OK = 200;

	private final List<URI> endpoints;

	private final Cores cores;

	private final CountDownLatch end = new CountDownLatch(1);

	private final Thread thread = new Thread(this::run, "poller");

	/** Written by the thread before it ends. */
	private @Nullable Exception failure;

	private Poller(List<URI> endpoints, Cores cores) {
		this.endpoints = endpoints;
		this.cores = cores;
	}

	/**
	 * Begins to poll.
	 * @param endpoints what to ask for, one after the other; may be none
	 * @param cores where to do so
	 * @return asks at least once, and ends when it is closed
	 */
	static Poller start(List<URI> endpoints, Cores cores) {
		Poller poller = new Poller(endpoints, cores);
		if (!endpoints.isEmpty()) {
			poller.thread.start();
		}
		return poller;
	}

	/**
	 * Asks many times, one after the other: at ten times a second it would take minutes
	 * until the JVM has compiled what answers.
	 * @param endpoints what to ask for; may be none
	 * @throws BenchmarkException if an answer is missing, or wrong
	 */
	static void warmUp(List<URI> endpoints) {
		try {
			for (int i = 0; i < WARM_UP; i++) {
				for (URI endpoint : endpoints) {
					get(endpoint);
				}
			}
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	private void run() {
		try {
			this.cores.keepWithLoad();
			long next = System.nanoTime();
			do {
				for (URI endpoint : this.endpoints) {
					get(endpoint);
				}
				next += PERIOD_NANOS;
			}
			while (!this.end.await(next - System.nanoTime(), TimeUnit.NANOSECONDS));
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			this.failure = ex;
		}
	}

	private static void get(URI endpoint) throws IOException {
		HttpURLConnection request = (HttpURLConnection) endpoint.toURL().openConnection();
		request.setConnectTimeout(TIMEOUT_MILLIS);
		request.setReadTimeout(TIMEOUT_MILLIS);
		if (request.getResponseCode() != OK) {
			throw new IOException(endpoint + " answers with status " + request.getResponseCode());
		}
		// To its end, else the connection would not be used again.
		try (InputStream body = request.getInputStream()) {
			body.transferTo(OutputStream.nullOutputStream());
		}
	}

	/**
	 * Ends it, after the answer to what has been asked for.
	 * @throws BenchmarkException if an answer was missing, or wrong
	 */
	@Override
	public void close() {
		this.end.countDown();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return;
		}
		if (this.failure != null) {
			throw failure(this.failure);
		}
	}

	private static BenchmarkException failure(Exception cause) {
		return new BenchmarkException("endpoints cannot be polled: " + cause, cause);
	}

}
