package dev.socketserver.chaos;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;

/**
 * Sends from one node to an identity of another, one after the other until it is closed,
 * and what has arrived: each frame once at most, in order, and if its outcome was
 * {@code WRITTEN} and its peer lives, once.
 */
final class DirectedSends implements AutoCloseable {

	private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());

	private final List<Integer> received = Collections.synchronizedList(new ArrayList<>());

	private final List<Integer> inherited = new ArrayList<>();

	private final AtomicInteger next = new AtomicInteger();

	private final Cluster cluster;

	private final String id;

	private final Peer sender;

	private final Peer receiver;

	private final Future<?> sending;

	private final Future<?> receiving;

	private volatile boolean ending;

	/**
	 * Begins to send.
	 * @param sender a peer of the node that sends
	 * @param receiver a peer that has the identity
	 */
	DirectedSends(Cluster cluster, String id, Peer sender, Peer receiver, ExecutorService threads) {
		this.cluster = cluster;
		this.id = id;
		this.sender = sender;
		this.receiver = receiver;
		this.receiving = threads.submit(this::receive);
		this.sending = threads.submit(this::send);
	}

	private Void send() throws IOException {
		while (!this.ending) {
			int number = this.next.getAndIncrement();
			boolean isWritten = this.sender.ask("send " + this.id + " " + number).equals("WRITTEN");
			this.cluster.counted(isWritten);
			if (isWritten) {
				this.written.add(number);
			}
			Pause.millis(5);
		}
		return null;
	}

	private void receive() {
		while (true) {
			try {
				String line = this.receiver.readLine();
				if (line == null) {
					return;
				}
				this.received.add(Integer.valueOf(line));
			}
			catch (SocketTimeoutException ex) {
				// Nothing arrives while the cluster is broken, which may last.
			}
			catch (IOException ex) {
				// The end of the peer, or of its node.
				return;
			}
		}
	}

	/** Returns the number of the next send that begins. */
	int next() {
		return this.next.get();
	}

	/** Waits until so many more are written. */
	void awaitWritten(int more) throws Exception {
		int wanted = this.written.size() + more;
		Await.until(() -> this.written.size() >= wanted || this.sending.isDone(), "Nothing is written to " + this.id);
		if (this.sending.isDone()) {
			this.sending.get();
		}
	}

	/** Waits until the peer that had the identity has seen its end. */
	void awaitEnd() throws Exception {
		Patience.await(this.receiving);
	}

	/** Ends the sends. */
	void stop() throws Exception {
		this.ending = true;
		Patience.await(this.sending);
	}

	/**
	 * Fails unless what has arrived is right.
	 * @param until the number of the first send that must not arrive at this peer
	 * @param lives whether the peer has lived all the time
	 */
	void verify(int until, boolean lives) throws Exception {
		if (lives) {
			Await.until(() -> this.received.containsAll(this.written), this.id + " lacks written frames: " + lacking());
		}
		List<Integer> arrived = List.copyOf(this.received);
		for (int i = 0; i < arrived.size(); i++) {
			if ((i > 0 && arrived.get(i) <= arrived.get(i - 1)) || arrived.get(i) >= until) {
				throw new AssertionError(this.id + " has got frame " + arrived.get(i) + " behind "
						+ arrived.subList(Math.max(0, i - 3), i) + ", and none from " + until + " on may come");
			}
		}
	}

	/**
	 * Has another peer claim the identity, unless a session has it. Frames may arrive
	 * before the reply.
	 * @return whether it has the identity now
	 */
	boolean claim(Peer heir) throws IOException {
		String line = heir.ask("bind REJECT " + this.id);
		while (line != null && Character.isDigit(line.charAt(0))) {
			this.inherited.add(Integer.valueOf(line));
			line = heir.readLine();
		}
		return "true".equals(line);
	}

	/**
	 * Fails unless each frame has arrived at one peer only, and those that were written
	 * have.
	 * @param heir the next peer that had the identity, and has it no more
	 * @param from the number of the first send that must not be missing
	 */
	void verifyWith(Peer heir, int from) throws IOException {
		for (String line = heir.readLine(); line != null; line = heir.readLine()) {
			this.inherited.add(Integer.valueOf(line));
		}
		for (Integer number : this.inherited) {
			if (this.received.contains(number)) {
				throw new AssertionError(this.id + ": frame " + number + " has arrived twice");
			}
			this.received.add(number);
		}
		List<Integer> lacking = lacking();
		lacking.removeIf((number) -> number < from);
		if (!lacking.isEmpty()) {
			throw new AssertionError(this.id + " lacks written frames: " + lacking);
		}
	}

	@Override
	public void close() throws IOException {
		this.ending = true;
		this.sender.close();
		this.receiver.close();
	}

	private List<Integer> lacking() {
		List<Integer> lacking = new ArrayList<>(this.written);
		lacking.removeAll(List.copyOf(this.received));
		return lacking;
	}

}
