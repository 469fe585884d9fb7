package dev.socketserver.operation.search;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.WholeNumber;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.ServerOperations.EndedConnection;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import dev.socketserver.operator.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Divides sessions into pages, in the order in which they opened. Sessions of one server
 * are ordered by the numbers in their ids, so that the position of any session that has
 * ended is known. Across servers they are ordered by the time at which they opened. Then
 * the position of an ended session is known only if it is one of the last that ended, or
 * was the last one on a page, which is where a reader continues. That is remembered for
 * the last 1,000 pages. Safe for use by several threads.
 */
public final class SessionPager {

	/** The parameter that says how many sessions are closed at once, at most: from 1. */
	public static final WholeNumber MAX = new WholeNumber("max", 1, Integer.MAX_VALUE);

	/** How many sessions are closed at once by default: 100. */
	public static final int DEFAULT_MAX = 100;

	private final SocketServers servers;

	private final PageEnds<Cursor> ends = new PageEnds<>();

	/**
	 * Creates a pager.
	 * @param servers the servers whose sessions to show
	 */
	public SessionPager(SocketServers servers) {
		this.servers = servers;
	}

	/**
	 * Returns a page of the open sessions.
	 * @param query says which
	 * @return the page
	 * @throws BadParameterException if there is no such server, or the position of the
	 * session {@code after} is not known
	 */
	public Page<SocketSession> open(SessionQuery query) {
		return page(query, query.filter()::open, Listed::open);
	}

	/**
	 * Returns a page of the sessions that ended last, 100 of each server, and behind them
	 * of the connections that it has refused last, as many.
	 * @param query says which
	 * @return the page
	 * @throws BadParameterException if there is no such server, or the position of the
	 * session {@code after} is not known
	 */
	public Page<EndedConnection> ended(SessionQuery query) {
		return page(query, query.filter()::ended, Listed::ended);
	}

	/**
	 * Returns one of the sessions that ended last.
	 * @param id its id
	 * @return the session, if it is one of them
	 */
	public Optional<EndedSession> endedSession(String id) {
		return Optional.ofNullable(SessionId.parse(id))
			.flatMap((parsed) -> this.servers.server(parsed.server()))
			.stream()
			.flatMap((server) -> ServerOperations.of(server).endedSessions().stream())
			.filter((session) -> session.id().equals(id))
			.findAny();
	}

	/**
	 * Notes that a page has ended with a session, and not with the last one that was to
	 * be on it.
	 * @param openedAt when the session has opened
	 * @param id its id
	 */
	public void endedAt(Instant openedAt, String id) {
		remember(Cursor.of(openedAt, id));
	}

	/**
	 * Returns the first of the open sessions that are not closing.
	 * @param filter says which sessions
	 * @param order what they are ordered by, or {@code null} for the usual order
	 * @param max most sessions
	 * @return the sessions
	 * @throws BadParameterException if there is no such server
	 */
	public List<SocketSession> first(SessionFilter filter, @Nullable SessionOrder order, int max) {
		return all(select(filter.server()), filter::open, Listed::open, order).stream()
			.map(Listed::session)
			.filter((session) -> session.info().closed() == null)
			.limit(max)
			.toList();
	}

	/**
	 * Returns how many of the sessions that a filter selects may be closed at once.
	 * @param filter says which sessions
	 * @param max what was asked for, or {@code null} for {@link #DEFAULT_MAX}
	 * @return the number
	 * @throws BadParameterException if the filter is empty, or the number is wrong
	 */
	public static int most(SessionFilter filter, @Nullable Integer max) {
		if (filter.isEmpty()) {
			throw new BadParameterException(
					"Say which sessions to close: with at least one of " + String.join(", ", SessionFilter.PARAMETERS),
					"Missing filter");
		}
		return (max != null) ? MAX.check(max) : DEFAULT_MAX;
	}

	private <S> Page<S> page(SessionQuery query, Function<SocketServer, List<S>> sessions,
			Function<S, Listed<S>> positioning) {
		List<SocketServer> selected = select(query.filter().server());
		SocketServer only = (selected.size() == 1) ? selected.get(0) : null;
		List<Listed<S>> all = all(selected, sessions, positioning, query.order());
		String after = query.after();
		Instant since = query.since();
		int start = 0;
		if (after != null) {
			Cursor cursor = (only != null) ? cursorAt(only, after) : cursor(after);
			Comparator<Cursor> order = Cursor.order(only != null);
			start = (int) all.stream().takeWhile((one) -> order.compare(one.cursor(), cursor) <= 0).count();
		}
		while (since != null && start < all.size() && all.get(start).cursor().openedAt().isBefore(since)) {
			start++;
		}
		// In long arithmetic, since the number of the page may be any.
		int from = (int) Math.min(all.size(), start + (long) query.page() * query.size());
		List<Listed<S>> shown = all.subList(from, (int) Math.min(all.size(), (long) from + query.size()));
		if (only == null && query.order() == null && !shown.isEmpty()) {
			remember(shown.get(shown.size() - 1).cursor());
		}
		return new Page<>(shown.stream().map(Listed::session).toList(), all.size());
	}

	private static <S> List<Listed<S>> all(List<SocketServer> selected, Function<SocketServer, List<S>> sessions,
			Function<S, Listed<S>> positioning, @Nullable SessionOrder order) {
		List<Listed<S>> all = new ArrayList<>();
		for (SocketServer server : selected) {
			sessions.apply(server).forEach((session) -> all.add(positioning.apply(session)));
		}
		all.sort(Comparator.comparing(Listed::cursor, Cursor.order(selected.size() == 1)));
		if (order == null) {
			return all;
		}
		// Measured once: what changes while it is sorted by has no order.
		Instant now = Instant.now();
		Map<Listed<S>, SessionOrder.Measured> measured = new IdentityHashMap<>();
		all.forEach((listed) -> measured.put(listed, listed.measure().apply(now)));
		all.sort(Comparator.comparing(measured::get, order.comparator()));
		return all;
	}

	private List<SocketServer> select(@Nullable String server) {
		if (server != null) {
			return List.of(this.servers.server(server).orElseThrow(() -> UnknownTargetException.server(server)));
		}
		List<SocketServer> all = new ArrayList<>();
		this.servers.forEach(all::add);
		return all;
	}

	private static Cursor cursorAt(SocketServer server, String id) {
		SessionId parsed = SessionId.parse(id);
		if (parsed == null || !parsed.server().equals(server.name())) {
			throw BadParameterException.value("after", id, "the id of a session of server '" + server.name() + "'",
					"Not an id");
		}
		return new Cursor(Instant.MIN, parsed);
	}

	private Cursor cursor(String id) {
		SessionId parsed = SessionId.parse(id);
		if (parsed == null) {
			throw BadParameterException.value("after", id, "the id of a session", "Not an id");
		}
		// In this order, since a session that ends goes from the open ones to the ended.
		Optional<Cursor> cursor = ServerOperations.session(this.servers, id)
			.map((session) -> Cursor.of(session.openedAt(), id));
		return cursor.or(() -> endedSession(id).map((session) -> Cursor.of(session.openedAt(), id)))
			.orElseGet(() -> rememberedCursor(id));
	}

	private Cursor rememberedCursor(String id) {
		Cursor cursor = this.ends.find(id);
		if (cursor == null) {
			throw new UnknownTargetException("Session '" + id + "' is not open, ended long ago or never existed, "
					+ "and no page ended with it: give its server too, to get the page after it");
		}
		return cursor;
	}

	private void remember(Cursor last) {
		this.ends.remember(last.id().toString(), last);
	}

	/**
	 * A page of sessions.
	 *
	 * @param sessions the sessions
	 * @param total how many there are on all pages
	 * @param <S> what is known of each
	 */
	public record Page<S>(List<S> sessions, long total) {

	}

	/**
	 * A session, and its position among others.
	 *
	 * @param session the session
	 * @param cursor its position
	 * @param measure measures it at a moment
	 */
	private record Listed<S>(S session, Cursor cursor, Function<Instant, SessionOrder.Measured> measure) {

		static Listed<SocketSession> open(SocketSession session) {
			return new Listed<>(session, Cursor.of(session.openedAt(), session.id()),
					(now) -> SessionOrder.Measured.of(session.info(), session.openedAt(), now));
		}

		static Listed<EndedConnection> ended(EndedConnection connection) {
			if (connection instanceof EndedSession session) {
				return new Listed<>(session, Cursor.of(session.openedAt(), session.id()),
						(now) -> SessionOrder.Measured.of(session.info(), session.openedAt(), session.endedAt()));
			}
			RefusedConnection refused = (RefusedConnection) connection;
			return new Listed<>(refused, Cursor.refused(refused), (now) -> SessionOrder.Measured.NOTHING);
		}

	}

	/**
	 * The position of a session among others.
	 *
	 * @param openedAt when it opened
	 * @param id its id, whose parts decide between equals
	 */
	private record Cursor(Instant openedAt, SessionId id) {

		static final Comparator<Cursor> OF_ONE_SERVER = Comparator.comparingLong((cursor) -> cursor.id().number());

		static final Comparator<Cursor> OF_ALL = Comparator.comparing(Cursor::isRefused)
			.thenComparing(Cursor::openedAt)
			.thenComparing((cursor) -> cursor.id().server())
			.thenComparing(OF_ONE_SERVER);

		/**
		 * Returns the position of a connection that was refused. It has no id after which
		 * a page could begin, and so is behind all sessions.
		 */
		static Cursor refused(RefusedConnection connection) {
			return new Cursor(connection.at(), new SessionId(connection.server(), Long.MAX_VALUE));
		}

		boolean isRefused() {
			return this.id.number() == Long.MAX_VALUE;
		}

		static Comparator<Cursor> order(boolean oneServer) {
			return oneServer ? OF_ONE_SERVER : OF_ALL;
		}

		static Cursor of(Instant openedAt, String id) {
			SessionId parsed = SessionId.parse(id);
			if (parsed == null) {
				throw new IllegalStateException("'" + id + "' is not the id of a session");
			}
			return new Cursor(openedAt, parsed);
		}

	}

}
