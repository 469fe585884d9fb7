package dev.socketserver.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Cuts the open sessions into pages. The sessions of one server have an order of their
 * own, by which it finds the place of a session that has ended. Across servers the order
 * is that of the clock, and the place of an ended session is known only if it was
 * remembered: as the last one of a page, which is what a reader continues from.
 */
final class SessionPager {

	private static final int MAX_REMEMBERED = 1000;

	private final SocketServers servers;

	/** Places of sessions that ended a page. Guarded by itself. */
	private final Map<String, Place> remembered = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
			return size() > MAX_REMEMBERED;
		}

	};

	SessionPager(SocketServers servers) {
		this.servers = servers;
	}

	Page page(@Nullable String server, int number, int size, @Nullable String after) {
		List<SocketServer> selected = select(server);
		if (selected.size() == 1) {
			return pageOf(selected.get(0), number, size, after);
		}
		List<SocketSession> sessions = new ArrayList<>();
		selected.forEach((each) -> each.sessions().forEach(sessions::add));
		sessions.sort(Comparator.comparing(Place::of));
		Stream<SocketSession> later = sessions.stream();
		if (after != null) {
			Place place = place(after);
			later = later.filter((session) -> Place.of(session).compareTo(place) > 0);
		}
		Page page = new Page(cut(later, number, size), sessions.size());
		remember(page);
		return page;
	}

	private List<SocketServer> select(@Nullable String server) {
		if (server != null) {
			return List.of(this.servers.server(server).orElseThrow(() -> UnknownTargetException.server(server)));
		}
		List<SocketServer> all = new ArrayList<>();
		this.servers.forEach(all::add);
		return all;
	}

	private Page pageOf(SocketServer server, int number, int size, @Nullable String after) {
		if (after != null && !server.name().equals(serverOf(after))) {
			throw new InvalidEndpointRequestException(
					"after is '" + after + "', which is not an id of server '" + server.name() + "'", "Not an id");
		}
		Stream<SocketSession> later = (after != null) ? server.sessionsAfter(after) : server.sessions();
		return new Page(cut(later, number, size), server.sessions().count());
	}

	private static List<SocketSession> cut(Stream<SocketSession> sessions, int number, int size) {
		return sessions.skip((long) number * size).limit(size).toList();
	}

	private Place place(String id) {
		if (serverOf(id) == null) {
			throw new InvalidEndpointRequestException("after is '" + id + "', which is not the id of a session",
					"Not an id");
		}
		SocketSession session = this.servers.session(id).orElse(null);
		if (session != null) {
			return Place.of(session);
		}
		synchronized (this.remembered) {
			Place place = this.remembered.get(id);
			if (place == null) {
				throw new UnknownTargetException("Session '" + id + "' is not open, and no page ended with it: "
						+ "give the server too, to page after it");
			}
			return place;
		}
	}

	private void remember(Page page) {
		if (!page.sessions().isEmpty()) {
			SocketSession last = page.sessions().get(page.sessions().size() - 1);
			synchronized (this.remembered) {
				this.remembered.put(last.id(), Place.of(last));
			}
		}
	}

	private static @Nullable String serverOf(String id) {
		int dash = id.lastIndexOf('-');
		boolean numbered = dash > 0 && dash + 1 < id.length()
				&& id.chars().skip(dash + 1).allMatch((each) -> each >= '0' && each <= '9');
		return numbered ? id.substring(0, dash) : null;
	}

	/**
	 * Some sessions.
	 *
	 * @param sessions the sessions
	 * @param total how many there are on all pages
	 */
	record Page(List<SocketSession> sessions, long total) {

	}

	/**
	 * Where a session stands among those of all servers.
	 *
	 * @param openedAt when it opened
	 * @param server the name of its server, which decides between equals
	 * @param number its number at that server
	 */
	private record Place(Instant openedAt, String server, long number) implements Comparable<Place> {

		private static final Comparator<Place> ORDER = Comparator.comparing(Place::openedAt)
			.thenComparing(Place::server)
			.thenComparingLong(Place::number);

		static Place of(SocketSession session) {
			return new Place(session.openedAt(), session.server(),
					Long.parseLong(session.id(), session.server().length() + 1, session.id().length(), 10));
		}

		@Override
		public int compareTo(Place other) {
			return ORDER.compare(this, other);
		}

	}

}
