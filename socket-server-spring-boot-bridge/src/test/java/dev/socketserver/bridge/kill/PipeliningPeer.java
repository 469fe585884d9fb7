package dev.socketserver.bridge.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A peer that has many messages under way, and sends again, in order, what was not
 * acknowledged when its connection was lost.
 */
final class PipeliningPeer implements Runnable {

	private final String name;

	private final int most;

	private final int port;

	private final Ledger ledger;

	private final BooleanSupplier goesOn;

	/** What is not acknowledged, the oldest first. */
	private final ArrayDeque<String> window = new ArrayDeque<>();

	private int next;

	private volatile @Nullable Socket socket;

	PipeliningPeer(String name, int most, int port, Ledger ledger, BooleanSupplier goesOn) {
		this.name = name;
		this.most = most;
		this.port = port;
		this.ledger = ledger;
		this.goesOn = goesOn;
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

	/** Goes on until it is to end, and all is acknowledged. */
	@Override
	public void run() {
		while (this.goesOn.getAsBoolean() || !this.window.isEmpty()) {
			try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				connected.setSoTimeout(60_000);
				this.socket = connected;
				talk(connected);
			}
			catch (IOException ex) {
				Thread.yield();
			}
		}
	}

	private void talk(Socket connected) throws IOException {
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(connected.getInputStream(), StandardCharsets.UTF_8));
		send(connected, String.join("\n", this.window));
		fill(connected);
		while (!this.window.isEmpty()) {
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
			fill(connected);
		}
	}

	private void fill(Socket connected) throws IOException {
		StringBuilder more = new StringBuilder();
		while (this.window.size() < this.most && this.goesOn.getAsBoolean()) {
			String id = this.name + "-" + this.next++;
			this.window.add(id);
			more.append(more.isEmpty() ? "" : "\n").append(id);
		}
		send(connected, more.toString());
	}

	private static void send(Socket connected, String lines) throws IOException {
		if (!lines.isEmpty()) {
			connected.getOutputStream().write((lines + "\n").getBytes(StandardCharsets.UTF_8));
		}
	}

}
