package dev.socketserver.cluster.message;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.cluster.directory.NodeId;

/**
 * Which requests of other nodes were received already: one that arrives twice is handled
 * once. Of each sender the last {@value #WINDOW} numbers are remembered; what is older is
 * taken for known. Any thread.
 */
public final class SeenRequests {

	private static final int WINDOW = 8192;

	private static final int MOST_SENDERS = 1_000;

	private final Map<NodeId, Window> senders = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<NodeId, Window> eldest) {
			return size() > MOST_SENDERS;
		}

	};

	/** Whether a request is received for the first time. */
	public synchronized boolean first(NodeId sender, long id) {
		return id > 0 && this.senders.computeIfAbsent(sender, (unknown) -> new Window()).first(id);
	}

	private static final class Window {

		private final BitSet seen = new BitSet(WINDOW);

		private long highest;

		boolean first(long id) {
			if (id > this.highest) {
				clear(id);
				this.highest = id;
			}
			else if (id <= this.highest - WINDOW || this.seen.get((int) (id % WINDOW))) {
				return false;
			}
			this.seen.set((int) (id % WINDOW));
			return true;
		}

		private void clear(long next) {
			if (next - this.highest >= WINDOW) {
				this.seen.clear();
				return;
			}
			for (long id = this.highest + 1; id <= next; id++) {
				this.seen.clear((int) (id % WINDOW));
			}
		}

	}

}
