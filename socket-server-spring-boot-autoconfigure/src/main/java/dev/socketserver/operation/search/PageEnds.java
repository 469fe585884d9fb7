package dev.socketserver.operation.search;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The places of sessions with which the last 1,000 pages have ended, by their ids: that
 * is where a reader continues, and the sessions may be gone by then. Guarded by its own
 * monitor.
 *
 * @param <P> the type of a place
 */
public final class PageEnds<P> {

	private static final int MOST = 1000;

	private final Map<String, P> places = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, P> eldest) {
			return size() > MOST;
		}

	};

	/**
	 * Remembers with which session a page has ended.
	 * @param id its id
	 * @param place its place
	 */
	public synchronized void remember(String id, P place) {
		// Removed first, so that it becomes the newest if it was there before.
		this.places.remove(id);
		this.places.put(id, place);
	}

	/**
	 * Returns the place of a session.
	 * @param id its id
	 * @return the place, or {@code null} if none of these pages has ended with it
	 */
	public synchronized @Nullable P find(String id) {
		return this.places.get(id);
	}

}
