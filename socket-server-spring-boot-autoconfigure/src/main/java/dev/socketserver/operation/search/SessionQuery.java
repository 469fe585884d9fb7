package dev.socketserver.operation.search;

import java.time.Instant;
import java.util.function.Function;

import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.WholeNumber;
import org.jspecify.annotations.Nullable;

/**
 * Which page of which sessions an operator asks for.
 *
 * @param filter says which sessions
 * @param order what they are ordered by, or {@code null} for the usual order
 * @param after the id of the session after which the first page begins, or {@code null};
 * only with the usual order, in which alone sessions keep their positions
 * @param since when the first session of the first page has opened at the earliest, or
 * {@code null}
 * @param page the page, counted from 0
 * @param size most sessions on it, 1 to 500
 */
public record SessionQuery(SessionFilter filter, @Nullable SessionOrder order, @Nullable String after,
		@Nullable Instant since, int page, int size) {

	/** The parameter that says which page to show: from 0. */
	public static final WholeNumber PAGE = new WholeNumber("page", 0, Integer.MAX_VALUE);

	/** The parameter that says how many sessions are on a page: 1 to 500. */
	public static final WholeNumber SIZE = new WholeNumber("size", 1, 500);

	/** How many sessions are on a page by default: 50. */
	private static final int DEFAULT_SIZE = 50;

	/**
	 * Checks the numbers, and that they fit each other.
	 * @throws BadParameterException if they do not
	 */
	public SessionQuery {
		PAGE.check(page);
		SIZE.check(size);
		if (order != null && after != null) {
			throw new BadParameterException("after cannot be used with sort: only sessions in the order in which they "
					+ "opened keep their positions", "Parameters that do not fit");
		}
	}

	/**
	 * Makes a query of the parameters of a request.
	 * @param filter says which sessions
	 * @param sort the name of an order, or {@code null}
	 * @param after the id of a session, or {@code null}
	 * @param page the page, or {@code null} for the first
	 * @param size most sessions on it, or {@code null} for 50
	 * @return the query
	 * @throws BadParameterException if a value is wrong, or they do not fit each other
	 */
	public static SessionQuery of(SessionFilter filter, @Nullable String sort, @Nullable String after,
			@Nullable Integer page, @Nullable Integer size) {
		return new SessionQuery(filter, SessionOrder.of(sort), after, null, (page != null) ? page : 0,
				(size != null) ? size : DEFAULT_SIZE);
	}

	/**
	 * Makes a query of parameters that are all text.
	 * @param parameters returns a parameter by its name, {@code null} if it is not given
	 * @return the query
	 * @throws BadParameterException if a value is wrong, or they do not fit each other
	 */
	public static SessionQuery of(Function<String, @Nullable String> parameters) {
		SessionFilter filter = SessionFilter.of(parameters)
			.closed(SessionFilter.truth("closed", parameters.apply("closed")));
		return of(filter, parameters.apply("sort"), parameters.apply("after"), PAGE.read(parameters.apply("page")),
				SIZE.read(parameters.apply("size")));
	}

	/**
	 * Returns the same query for sessions that have opened since then.
	 * @param since the time, or {@code null} for any
	 * @return the query
	 */
	public SessionQuery since(@Nullable Instant since) {
		return new SessionQuery(this.filter, this.order, this.after, since, this.page, this.size);
	}

}
