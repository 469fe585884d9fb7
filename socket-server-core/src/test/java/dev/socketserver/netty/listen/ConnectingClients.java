package dev.socketserver.netty.listen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that connect, ask once and go, again and again.
 */
final class ConnectingClients {

	private static final int PAUSE_MILLIS = 200;

	private static final int MOST_MILLIS = 120_000;

	private final int port;

	private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(200);

	private final AtomicInteger replies = new AtomicInteger();

	/**
	 * How often a session ended in good order before the reply: it was open at a stop.
	 */
	private final AtomicInteger ended = new AtomicInteger();

	private final List<String> failures = new CopyOnWriteArrayList<>();

	ConnectingClients(int port) {
		this.port = port;
	}

	void begin(int clients) {
		for (int i = 0; i < clients; i++) {
			this.threads.scheduleWithFixedDelay(this::ask, i % PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void ask() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(MOST_MILLIS);
			socket.getOutputStream().write("hello\n".getBytes(UTF_8));
			String reply = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
			((reply != null) ? this.replies : this.ended).incrementAndGet();
		}
		catch (ConnectException ex) {
			this.failures.add("refused: " + ex);
		}
		catch (IOException ex) {
			this.failures.add("reset: " + ex);
		}
	}

	/** Waits for so many more replies. */
	void awaitReplies(int more) {
		int wanted = this.replies.get() + more;
		Awaitility.await().atMost(Duration.ofMillis(MOST_MILLIS)).until(() -> this.replies.get() >= wanted);
	}

	List<String> failures() {
		return this.failures;
	}

	/** Has each of them go when it has its reply. */
	void end() throws InterruptedException {
		this.threads.shutdown();
		assertThat(this.threads.awaitTermination(MOST_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
	}

	@Override
	public String toString() {
		return "%s replies, %s ended before the reply, failures %s".formatted(this.replies, this.ended, this.failures);
	}

}
