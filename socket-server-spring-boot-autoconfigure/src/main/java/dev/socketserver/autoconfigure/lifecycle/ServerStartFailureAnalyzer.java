package dev.socketserver.autoconfigure.lifecycle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.ServerProperties.DomainSocket;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.ServerSpecs;
import dev.socketserver.spec.listen.Tcp;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains why a server cannot listen, in terms of its properties. Comes before Boot's
 * analyzers, which know web servers only.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ServerStartFailureAnalyzer extends AbstractFailureAnalyzer<ServerStartException> {

	private static final String PORT = "port";

	private static final String PATH = "domain-socket.path";

	private final Environment environment;

	ServerStartFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ServerStartException cause) {
		InetSocketAddress address = cause.address();
		String port = place(cause) + ".port";
		String host = inheritable(cause, "address");
		String transport = inheritable(cause.server(), "transport");
		return switch (cause.problem()) {
			case PORT_IN_USE -> portInUse(cause, port);
			case ADDRESS_NOT_AVAILABLE -> addressNotAvailable(cause, host);
			case PERMISSION_DENIED -> analysis(cause,
					"%s is '%s', for which this process has no permission".formatted(port, address.getPort()),
					"Set %s to a port above 1023, or give the process the right to use it".formatted(port));
			case UNKNOWN_HOST -> analysis(
					cause, "%s is '%s', a host name that cannot be resolved: %s".formatted(host,
							address.getHostString(), reason(cause)),
					"Correct %s, or set it to an address".formatted(host));
			case TRANSPORT_UNAVAILABLE -> analysis(cause,
					"%s names a transport that this machine does not have: %s".formatted(transport, reason(cause)),
					Remedies.missingTransport(transport));
			case OPTION_UNSUPPORTED -> (cause.getCause() instanceof UnsupportedOptionException lacking)
					? unsupported(cause, lacking, transport)
					: analysis(cause,
							"%s selects a transport that lacks an option: %s".formatted(transport, reason(cause)),
							"Change that option, or %s".formatted(transport));
			case NO_EVENT_LOOPS -> analysis(cause,
					"%s is %s, and the system does not provide that many: %s"
						.formatted(SocketProperties.EVENT_LOOP_THREADS, loops(), reason(cause)),
					Remedies.tooManyEventLoops(SocketProperties.EVENT_LOOP_THREADS));
			case SOCKET_FILE, INHERITED_SOCKET, GROUP -> (cause.getCause() instanceof UnusableSocketException socket)
					? unusable(cause, socket) : analysis(cause, reason(cause), "Check where the server listens");
			case OTHER -> (cause.getCause() instanceof IOException)
					? analysis(cause, "%s is '%s': %s".formatted(port, address.getPort(), reason(cause)),
							"Check %s and %s".formatted(host, port))
					: new FailureAnalysis("Server '%s' cannot start: %s.".formatted(cause.server(), reason(cause)),
							"Check what it needs for that, such as beans, certificates and threads: its address and port were not the problem.",
							cause);
		};
	}

	/**
	 * Explains an address that is not available. If the properties have no address, or
	 * one for all interfaces, it is the address family that this machine does not have.
	 */
	private FailureAnalysis addressNotAvailable(ServerStartException cause, String host) {
		InetSocketAddress address = cause.address();
		String family = inheritable(cause, "ip-family");
		String wantedFamily = this.environment.getProperty(family);
		String written = this.environment.getProperty(host);
		boolean any = written == null || ServerSpecs.host(written).equals(Tcp.ANY_HOST);
		if (wantedFamily != null && address.getAddress() != null && any) {
			return analysis(cause,
					"%s is '%s', and %s is not an address of this machine".formatted(family, wantedFamily,
							Addresses.format(address.getAddress())),
					"Set %s to 'any', or %s to an address of this machine".formatted(family, host));
		}
		return analysis(cause,
				"%s is '%s', which is not an address of this machine".formatted(host,
						(written != null) ? written : address.getHostString()),
				"Set %s to an address of this machine, or to 'any' for all interfaces".formatted(host));
	}

	private FailureAnalysis unsupported(ServerStartException cause, UnsupportedOptionException lacking,
			String transport) {
		String property = inheritable(cause, lacking.option());
		String written = this.environment.getProperty(property);
		// Without a property, it is the code of the application that has asked for it.
		String value = (written != null) ? " is '%s': it".formatted(written) : "";
		return analysis(cause, "%s%s %s".formatted(property, value, lacking.problem()),
				property.equals(transport) ? "Change " + property : "Change %s, or %s".formatted(property, transport));
	}

	private FailureAnalysis unusable(ServerStartException cause, UnusableSocketException socket) {
		String property = place(cause) + "." + socket.key();
		String path = socket.key().equals(PATH) ? this.environment.getProperty(property) : null;
		String other = (path != null) ? otherWith(path, property, PATH) : null;
		String fact = "%s %s".formatted(property, socket.getMessage());
		return (other != null) ? analysis(cause, "%s: %s has it too".formatted(fact, owner(other)),
				"%s; of two servers, only one can have it: set %s or %s to another path".formatted(socket.remedy(),
						property, other))
				: analysis(cause, fact, socket.remedy());
	}

	/**
	 * Explains a port that is in use: by another server of the application if one has the
	 * same port, else by another program.
	 */
	private FailureAnalysis portInUse(ServerStartException cause, String port) {
		int number = cause.address().getPort();
		String fact = "%s is '%s', and another socket already uses that port".formatted(port, number);
		String other = otherWith(String.valueOf(number), port, PORT);
		return (other != null) ? analysis(cause, "%s: %s has it too".formatted(fact, owner(other)),
				"Give the two servers different ports: set %s or %s to another port, or to 0 for a free one; if they do not listen at the same address, find and stop the program that uses port %s"
					.formatted(port, other, number))
				: analysis(cause, fact,
						"Find and stop the program that uses port %s, or set %s to another port, or to 0 for a free one"
							.formatted(number, port));
	}

	/** Returns what listens by a property, such as {@code server 'orders'}. */
	private static String owner(String port) {
		String[] elements = port.split("\\.");
		return "server '" + elements[2] + ((elements.length > 4) ? "/" + elements[4] : "") + "'";
	}

	/**
	 * Returns another property of the application with the same value, by which somebody
	 * may listen there: a port of UDP is none of TCP.
	 */
	private @Nullable String otherWith(String text, String property, String key) {
		List<Place> places = places(key);
		Protocol protocol = places.stream()
			.filter((place) -> place.property().equals(property))
			.map(Place::protocol)
			.findFirst()
			.orElse(Protocol.TCP);
		return places.stream()
			.filter((place) -> text.equals(place.value()) && place.protocol() == protocol
					&& !place.property().equals(property))
			.map(Place::property)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Returns where servers of the application listen, or would. Values that cannot be
	 * bound are ignored: they are from variables of other programs, and a warning was
	 * logged before.
	 */
	private List<Place> places(String key) {
		boolean enabled = this.environment.getProperty(Section.DEFAULTS + ".enabled", Boolean.class, true);
		Binder binder = Binder.get(this.environment);
		Protocol inherited = binder
			.bind(Section.DEFAULTS + ".protocol", Bindable.of(Protocol.class), new IgnoreErrorsBindHandler())
			.orElse(Protocol.TCP);
		Map<String, ServerProperties> servers = binder
			.bind("socket.servers", Bindable.mapOf(String.class, ServerProperties.class), new IgnoreErrorsBindHandler())
			.orElseGet(Map::of);
		List<Place> places = new ArrayList<>();
		for (Map.Entry<String, ServerProperties> entry : servers.entrySet()) {
			ServerProperties server = entry.getValue();
			if (!Objects.requireNonNullElse(server.getEnabled(), enabled)) {
				continue;
			}
			Protocol protocol = Objects.requireNonNullElse(server.getProtocol(), inherited);
			places.add(new Place(Section.SERVERS.property(entry.getKey(), key),
					value(key, server.getPort(), server.getDomainSocket()), of(key, protocol)));
			server.listening()
				.forEach((name, listener) -> places
					.add(new Place(Section.SERVERS.property(entry.getKey(), "listeners." + name + "." + key),
							value(key, listener.port(), listener.domainSocket()),
							of(key, Objects.requireNonNullElse(listener.protocol(), protocol)))));
		}
		return places;
	}

	/** A path is of no protocol. */
	private static Protocol of(String key, Protocol protocol) {
		return key.equals(PORT) ? protocol : Protocol.TCP;
	}

	private static @Nullable String value(String key, @Nullable String port, @Nullable DomainSocket socket) {
		return key.equals(PORT) ? port : (socket != null) ? socket.path() : null;
	}

	private String loops() {
		String number = this.environment.getProperty(SocketProperties.EVENT_LOOP_THREADS);
		return (number != null) ? "'" + number + "'" : "not set";
	}

	/** Returns the property of the server, or of the listener that could not listen. */
	private String place(ServerStartException failure) {
		String server = "socket.servers." + failure.server();
		String listener = server + ".listeners." + failure.listener();
		boolean own = failure.listener() == null
				|| (failure.listener().equals(ListenerSpec.MAIN) && Stream.of("port", "inherit", "domain-socket.path")
					.noneMatch((key) -> this.environment.containsProperty(listener + "." + key)));
		return own ? server : listener;
	}

	/** Returns the property that a value of the listener came from. */
	private String inheritable(ServerStartException failure, String key) {
		String own = place(failure) + "." + key;
		return this.environment.containsProperty(own) ? own : inheritable(failure.server(), key);
	}

	/** Returns the property that a value of the server came from. */
	private String inheritable(String server, String key) {
		String own = "socket.servers." + server + "." + key;
		String shared = Section.DEFAULTS + "." + key;
		boolean inherited = !this.environment.containsProperty(own) && this.environment.containsProperty(shared);
		return inherited ? shared : own;
	}

	private static FailureAnalysis analysis(ServerStartException failure, String fact, String action) {
		return new FailureAnalysis("Server '%s' cannot listen on %s. Property %s.".formatted(failure.label(),
				Addresses.format(failure.address()), fact), action + ".", failure);
	}

	private static String reason(ServerStartException failure) {
		Throwable cause = failure.getCause();
		return String.valueOf((cause != null && cause.getMessage() != null) ? cause.getMessage() : cause);
	}

	/**
	 * Where a server listens, or would.
	 *
	 * @param property the property that says so
	 * @param value its value; {@code null} if it is not set
	 * @param protocol of what kind the socket is
	 */
	private record Place(String property, @Nullable String value, Protocol protocol) {

	}

}
