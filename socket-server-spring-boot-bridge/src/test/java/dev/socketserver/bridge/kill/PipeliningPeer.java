package dev.socketserver.bridge.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;

import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * A peer that has many messages under way, and sends again, in order, what was not
 * acknowledged when its connection was lost.
 */
final class PipeliningPeer implements Runnable {

	private final String name;

	private final int most;

	private final int port;

	private final Ledger ledger;

	private final Allowance allowance;

	/** What is not acknowledged, the oldest first. */
	private final ArrayDeque<String> window = new ArrayDeque<>();

	private int next;

	private volatile @Nullable Socket socket;

	PipeliningPeer(String name, int most, int port, Ledger ledger, Allowance allowance) {
		this.name = name;
		this.most = most;
		this.port = port;
		this.ledger = ledger;
		this.allowance = allowance;
	}

	/** Resets its connection. */
	void reset() {
		Socket current = this.socket;
		try {
			if (current != null) {
				current.setSoLinger(true, 0);
				current.close();
			}
		}
		catch (IOException ex) {
			// It is gone already.
		}
	}

	/** Goes on until there are no more messages, and all are acknowledged. */
	@Override
	public void run() {
		while (!this.window.isEmpty() || more(this.allowance.await())) {
			try (Socket connected = connect()) {
				connected.setSoTimeout(Patience.millis());
				this.socket = connected;
				talk(connected);
			}
			catch (IOException ex) {
				// It connects again.
			}
		}
	}

	private Socket connect() {
		return await().pollInterval(Duration.ofMillis(20))
			.atMost(Patience.limit())
			.ignoreExceptions()
			.until(() -> new Socket(InetAddress.getLoopbackAddress(), this.port), Socket::isConnected);
	}

	private void talk(Socket connected) throws IOException {
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(connected.getInputStream(), StandardCharsets.UTF_8));
		int sent = 0;
		while (!this.window.isEmpty() || more(this.allowance.await())) {
			while (this.window.size() < this.most && more(this.allowance.take())) {
				continue;
			}
			send(connected, this.window.stream().skip(sent).toList());
			sent = this.window.size() - 1;
			String line = reader.readLine();
			if (line == null) {
				return;
			}
			String expected = this.window.element();
			if (!line.equals("ok " + expected)) {
				throw new AssertionError("Not the acknowledgment of " + expected + ": " + line);
			}
			this.window.remove();
			this.ledger.acknowledged(expected);
		}
	}

	/** Has one message more to send, if it may. */
	private boolean more(boolean allowed) {
		if (allowed) {
			this.window.add(this.name + "-" + this.next++);
		}
		return allowed;
	}

	private static void send(Socket connected, List<String> lines) throws IOException {
		if (!lines.isEmpty()) {
			connected.getOutputStream().write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
		}
	}

}
