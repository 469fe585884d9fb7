package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * Peers that come, send a line now and then, and go when their time is over. On the
 * thread that calls. A line is sent only when the one before it is answered.
 */
final class ComingPeers implements AutoCloseable {

	private static final byte[] LINE = "a line of thirty-two characters\n".getBytes(StandardCharsets.UTF_8);

	private static final int STEP_NANOS = 20_000;

	/** Of latencies; the last has all that are longer. */
	private static final int STEPS = 250_000;

	private final int port;

	/** How long a session lasts. */
	private final long lifeNanos;

	private final Selector selector = Selector.open();

	/** The oldest first; the first of them is the next to send. */
	private final ArrayDeque<Peer> peers = new ArrayDeque<>();

	private final ByteBuffer received = ByteBuffer.allocate(4 * LINE.length);

	private int[] latencies = new int[STEPS];

	private double due;

	private long before = System.nanoTime();

	private long answered;

	private long gone;

	ComingPeers(int port, int count, long lifeNanos) throws IOException {
		this.port = port;
		this.lifeNanos = lifeNanos;
		long now = System.nanoTime();
		for (int i = 0; i < count; i++) {
			// They do not all go at once.
			come(now - lifeNanos * i / count);
		}
	}

	private void come(long since) throws IOException {
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		channel.configureBlocking(false);
		Peer peer = new Peer(channel, since);
		channel.register(this.selector, SelectionKey.OP_READ, peer);
		this.peers.addLast(peer);
	}

	/**
	 * Sends and receives.
	 * @param rate lines a second, of all together
	 * @param nanos for how long
	 */
	void run(double rate, long nanos) throws IOException {
		long end = System.nanoTime() + nanos;
		for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
			this.due = Math.min(this.due + (now - this.before) * rate / 1e9, this.peers.size());
			this.before = now;
			for (int tries = this.peers.size(); this.due >= 1 && tries > 0; tries--) {
				next(now);
			}
			this.selector.select(1);
			for (SelectionKey key : this.selector.selectedKeys()) {
				receive((Peer) key.attachment());
			}
			this.selector.selectedKeys().clear();
		}
	}

	/** It is the turn of one: it sends, or goes, unless it still waits. */
	private void next(long now) throws IOException {
		Peer peer = this.peers.removeFirst();
		if (peer.sent == 0 && now - peer.since > this.lifeNanos) {
			peer.channel.close();
			this.gone++;
			come(now);
			return;
		}
		this.peers.addLast(peer);
		if (peer.sent == 0) {
			peer.sent = now;
			if (peer.channel.write(ByteBuffer.wrap(LINE)) < LINE.length) {
				throw new IOException("A line does not fit into the buffers of a socket");
			}
			this.due--;
		}
	}

	private void receive(Peer peer) throws IOException {
		this.received.clear();
		int length = peer.channel.read(this.received);
		if (length < 0) {
			throw new IOException("The server has closed a connection");
		}
		peer.received += length;
		if (peer.received == LINE.length) {
			long latency = System.nanoTime() - peer.sent;
			this.latencies[(int) Math.min(latency / STEP_NANOS, STEPS - 1)]++;
			this.answered++;
			peer.received = 0;
			peer.sent = 0;
		}
	}

	/** Forgets what was measured. */
	void reset() {
		this.latencies = new int[STEPS];
		this.answered = 0;
		this.gone = 0;
	}

	long answered() {
		return this.answered;
	}

	long gone() {
		return this.gone;
	}

	/** Returns the milliseconds that a part of the lines took at most. */
	double percentile(double part) {
		long rank = (long) (part * this.answered);
		long seen = 0;
		for (int i = 0; i < STEPS; i++) {
			seen += this.latencies[i];
			if (seen > rank) {
				return i * (STEP_NANOS / 1e6);
			}
		}
		return STEPS * (STEP_NANOS / 1e6);
	}

	@Override
	public void close() throws IOException {
		for (Peer each : this.peers) {
			each.channel.close();
		}
		this.selector.close();
	}

	private static final class Peer {

		private final SocketChannel channel;

		private final long since;

		/** When its line was sent; 0 if that is answered. */
		private long sent;

		private int received;

		Peer(SocketChannel channel, long since) {
			this.channel = channel;
			this.since = since;
		}

	}

}
