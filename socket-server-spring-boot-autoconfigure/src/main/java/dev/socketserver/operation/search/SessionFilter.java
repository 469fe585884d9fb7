package dev.socketserver.operation.search;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.operation.ActionNames;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.ServerOperations.EndedConnection;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import dev.socketserver.spi.IdText;
import org.jspecify.annotations.Nullable;

/**
 * Says which sessions a list shows.
 *
 * @param server the name of the server that they belong to, or {@code null} for any
 * @param listener the name of the listener by which they came, or {@code null} for any
 * @param remote the addresses of their peers, or {@code null} for any
 * @param bound an identity to which they are bound, as it is listed, or {@code null} for
 * any
 * @param group a group that they have joined, or {@code null} for any
 * @param state what they are doing, or {@code null} for any
 * @param closed whether to show the last ones that have ended, instead of those that are
 * open
 */
public record SessionFilter(@Nullable String server, @Nullable String listener, @Nullable Cidr remote,
		@Nullable String bound, @Nullable String group, @Nullable State state, boolean closed) {

	/** The parameters that make a filter for sessions that are open. */
	public static final List<String> PARAMETERS = List.of("server", "listener", "remote", "bound", "group", "state");

	/**
	 * Makes a filter for sessions that are open of the parameters of a request. Whether
	 * there is such a server or listener is not checked.
	 * @param server the name of a server, or {@code null}
	 * @param listener the name of a listener, or {@code null}
	 * @param remote an address or range, as for {@link #addresses}, or {@code null}
	 * @param bound an identity, as for {@link #identity}, or {@code null}
	 * @param group the name of a group, or {@code null}
	 * @param state the name of a {@link State} in any case, or {@code null}
	 * @return the filter
	 * @throws BadParameterException if one of them has a wrong value
	 */
	public static SessionFilter of(@Nullable String server, @Nullable String listener, @Nullable String remote,
			@Nullable String bound, @Nullable String group, @Nullable String state) {
		return new SessionFilter(server, listener, (remote != null) ? addresses(remote) : null,
				(bound != null) ? identity(bound) : null, group, (state != null) ? State.of(state) : null, false);
	}

	/**
	 * Makes a filter for sessions that are open of parameters that are all text.
	 * @param parameters returns a parameter by its name, {@code null} if it is not given
	 * @return the filter
	 * @throws BadParameterException if one of them has a wrong value
	 */
	public static SessionFilter of(Function<String, @Nullable String> parameters) {
		return of(parameters.apply("server"), parameters.apply("listener"), parameters.apply("remote"),
				parameters.apply("bound"), parameters.apply("group"), parameters.apply("state"));
	}

	/**
	 * Returns a filter that has the same parameters.
	 * @param closed whether to show sessions that have ended
	 * @return the filter
	 * @throws BadParameterException if that does not fit the state
	 */
	public SessionFilter closed(boolean closed) {
		if (this.state != null && closed) {
			throw new BadParameterException("state selects among open sessions only: not with closed=true",
					"Parameters that do not fit");
		}
		return new SessionFilter(this.server, this.listener, this.remote, this.bound, this.group, this.state, closed);
	}

	/**
	 * Returns the parameters of a request for the same sessions, for another node.
	 * @return the parameters, by their names
	 */
	public Map<String, String> parameters() {
		Map<String, String> parameters = new LinkedHashMap<>();
		put(parameters, "server", this.server);
		put(parameters, "listener", this.listener);
		put(parameters, "remote", this.remote);
		put(parameters, "bound", this.bound);
		put(parameters, "group", this.group);
		put(parameters, "state", this.state);
		put(parameters, "closed", this.closed);
		return parameters;
	}

	private static void put(Map<String, String> parameters, String name, @Nullable Object value) {
		if (value != null) {
			parameters.put(name, value.toString());
		}
	}

	/**
	 * Whether every session of every server passes; whether open or ended ones are meant
	 * does not count.
	 * @return {@code true} if nothing is filtered
	 */
	public boolean isEmpty() {
		return this.server == null && this.listener == null && this.remote == null && this.bound == null
				&& this.group == null && this.state == null;
	}

	/**
	 * Reads what is on or off, such as whether a list is to show sessions that have
	 * ended.
	 * @param parameter the name of the parameter
	 * @param text {@code true} or {@code false}, or {@code null} for the latter
	 * @return whether it is on
	 * @throws BadParameterException if the text is neither
	 */
	public static boolean truth(String parameter, @Nullable String text) {
		if (text != null && !text.equals("true") && !text.equals("false")) {
			throw BadParameterException.value(parameter, text, "true or false", "Not a truth value");
		}
		return "true".equals(text);
	}

	/**
	 * Reads addresses, of IPv4 or IPv6.
	 * @param text an address, or a range in CIDR notation (RFC 4632, section 3.1), whose
	 * bits after the prefix are ignored; no host name
	 * @return the range
	 * @throws BadParameterException if the text is neither
	 */
	public static Cidr addresses(String text) {
		Cidr range = Cidr.around(text);
		if (range == null) {
			throw BadParameterException.value("remote", text,
					"an address such as 192.0.2.7 or 2001:db8::7, or a range such as 192.0.2.0/24", "Not an address");
		}
		return range;
	}

	/**
	 * Reads an identity.
	 * @param text {@code type:id}, as it is listed; each part may have further colons
	 * @return the identity
	 * @throws BadParameterException if it has no type
	 */
	public static String identity(String text) {
		if (text.lastIndexOf(':') < 1) {
			throw BadParameterException.value("bound", text, "a type and an id such as device:4711", "Not an identity");
		}
		return text;
	}

	/** Returns the open sessions of a server that the filter lets pass, in order. */
	List<SocketSession> open(SocketServer server) {
		return candidates(server)
			.filter((session) -> isBy(session.listener()) && isFrom(session.remoteAddress())
					&& (this.group == null || this.bound == null || session.info().groups().contains(this.group))
					&& (this.state == null || this.state.fits(session.info())))
			.toList();
	}

	private Stream<SocketSession> candidates(SocketServer server) {
		String bound = this.bound;
		if (bound != null) {
			// Any colon may be the one behind the type.
			return IntStream.range(0, bound.length())
				.filter((i) -> bound.charAt(i) == ':')
				.mapToObj((colon) -> ServerOperations.of(server)
					.bound(bound.substring(0, colon), bound.substring(colon + 1)))
				.flatMap(List::stream)
				.distinct();
		}
		return (this.group != null) ? ServerOperations.of(server).members(this.group) : server.sessions();
	}

	/**
	 * Returns the ended sessions of a server, and what it has refused, as far as the
	 * filter lets them pass.
	 */
	List<EndedConnection> ended(SocketServer server) {
		ServerOperations operations = ServerOperations.of(server);
		Stream<EndedSession> sessions = operations.endedSessions()
			.stream()
			.filter((session) -> isBound(session.info().bound())
					&& (this.group == null || session.info().groups().contains(this.group)));
		// These are bound to nothing, and in no group.
		Stream<RefusedConnection> refused = (this.bound == null && this.group == null)
				? operations.refusedConnections().stream() : Stream.empty();
		return Stream.<EndedConnection>concat(sessions, refused)
			.filter((one) -> isBy(one.listener()) && isFrom(one.remoteAddress()))
			.toList();
	}

	private boolean isBy(String by) {
		return this.listener == null || this.listener.equals(by);
	}

	private boolean isFrom(InetSocketAddress address) {
		InetAddress host = address.getAddress();
		return this.remote == null || (host != null && this.remote.contains(host));
	}

	private boolean isBound(Map<String, List<String>> bound) {
		return this.bound == null || IdText.isListed(bound, this.bound);
	}

	/**
	 * What an open session is doing.
	 */
	public enum State {

		/** It is being served; its reads may be paused. */
		OPEN((info) -> info.state() == SessionInfo.State.OPEN),

		/** The application or an operator has paused reading. */
		PAUSED(SessionInfo::readsPaused),

		/** It is not read from, since its handler took nothing of a full read buffer. */
		STALLED((info) -> info.state() == SessionInfo.State.STALLED),

		/** It is being closed: output still leaves, or its handler has not finished. */
		CLOSING((info) -> info.state() == SessionInfo.State.CLOSING);

		private final Predicate<SessionInfo> condition;

		State(Predicate<SessionInfo> condition) {
			this.condition = condition;
		}

		boolean fits(SessionInfo info) {
			return this.condition.test(info);
		}

		static State of(String name) {
			return ActionNames.named(State.class, name.toLowerCase(Locale.ROOT))
				.orElseThrow(() -> BadParameterException.value("state", name, "OPEN, PAUSED, STALLED or CLOSING",
						"Unknown state"));
		}

	}

}
