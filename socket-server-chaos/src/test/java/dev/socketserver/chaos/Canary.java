package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A peer that behaves well, all the time: whatever happens to others, it is answered.
 */
final class Canary implements AutoCloseable {

	private final List<Long> micros = new ArrayList<>();

	private final Peer peer;

	private final Thread thread;

	private volatile boolean ending;

	private volatile @Nullable Throwable failure;

	Canary(Application application) throws IOException {
		this.peer = Peer.connect(application.port("canary"), InetAddress.getByName("127.0.0.1"), false);
		this.thread = new Thread(this::sing, "canary");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void sing() {
		try {
			for (int i = 0; !this.ending; i++) {
				long begin = System.nanoTime();
				String reply = this.peer.ask("canary " + i);
				if (!reply.equals("canary " + i)) {
					throw new AssertionError(
							"The canary was answered with '" + reply + "' instead of 'canary " + i + "'");
				}
				synchronized (this.micros) {
					this.micros.add((System.nanoTime() - begin) / 1_000);
				}
				Pause.millis(20);
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	/** Adds what is wrong, and begins to measure anew. */
	void judge(List<String> problems) {
		Throwable failed = this.failure;
		if (failed != null) {
			problems.add("the canary has died: " + failed);
			return;
		}
		synchronized (this.micros) {
			Collections.sort(this.micros);
			int count = this.micros.size();
			if (count < 5) {
				problems.add("the canary was answered " + count + " times only");
			}
			else if (this.micros.get(count - 1) > 4_000_000) {
				problems.add("the canary has waited for " + this.micros.get(count - 1) / 1_000 + " ms");
			}
			this.micros.clear();
		}
	}

	@Override
	public void close() throws IOException {
		this.ending = true;
		this.peer.close();
	}

}
