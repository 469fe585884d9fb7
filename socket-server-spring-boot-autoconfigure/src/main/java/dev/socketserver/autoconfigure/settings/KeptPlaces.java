package dev.socketserver.autoconfigure.settings;

import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.lifecycle.SetUpAttempt;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;
import dev.socketserver.autoconfigure.spec.StartPolicy;
import dev.socketserver.spec.listen.IpPort;
import org.jspecify.annotations.Nullable;

/**
 * The places in which servers of the properties listen, and go on to. No other server can
 * have them.
 */
final class KeptPlaces {

	private final SocketServers servers;

	KeptPlaces(SocketServers servers) {
		this.servers = servers;
	}

	/**
	 * Refuses a place that another server keeps, if the start of an application with both
	 * would fail.
	 * @param name the name of a server that is new or changes, and was made
	 * @param entries what is to be there
	 * @param made what was made
	 * @throws InvalidSocketPropertyException if a listener would be in such a place
	 */
	void check(String name, Set<SettingsEntry> entries, SetUpAttempt made) {
		SocketServer present = listening(name);
		StartPolicy start = made.server(name).start();
		boolean listens = present != null || (this.servers.server(name).isEmpty() && start.auto());
		if (!listens || !start.await() || start.onFailure() != OnStartFailure.FAIL) {
			return;
		}
		for (ListenerSpec listener : made.server(name).spec().listeners()) {
			if (present == null || same(listener, present.spec()) == null) {
				for (SettingsEntry other : entries) {
					if (other.section() == Section.SERVERS && !other.name().equals(name)) {
						check(listener, property(name, listener), other.name(), made);
					}
				}
			}
		}
	}

	private void check(ListenerSpec listener, String property, String other, SetUpAttempt made) {
		SocketServer server = listening(other);
		List<?> next = made.steps(Section.SERVERS, other);
		ServerSpec kept = (server == null) ? null
				: next.isEmpty() ? server.spec() : (ServerSpec) next.get(next.size() - 1);
		ListenerSpec same = (kept != null) ? same(listener, kept) : null;
		if (same != null && !(same.options().reusePort() && listener.options().reusePort())) {
			throw new InvalidSocketPropertyException(property, value(listener),
					"server '%s' has that place too, by %s".formatted(other, property(other, same)),
					"Change one of them");
		}
	}

	private @Nullable SocketServer listening(String name) {
		return this.servers.server(name)
			.filter((server) -> server.state() == ServerState.RUNNING || server.state() == ServerState.PAUSED)
			.orElse(null);
	}

	/** Returns the listener of a server that has the same place. */
	private static @Nullable ListenerSpec same(ListenerSpec listener, ServerSpec server) {
		Object place = listener.listenOn().place();
		return (place == null) ? null
				: server.listeners()
					.stream()
					.filter((each) -> Objects.equals(each.listenOn().place(), place))
					.findFirst()
					.orElse(null);
	}

	private static String property(String server, ListenerSpec listener) {
		String key = (listener.listenOn() instanceof IpPort) ? "port" : "domain-socket.path";
		return Section.SERVERS.property(server,
				listener.name().equals(ListenerSpec.MAIN) ? key : "listeners." + listener.name() + "." + key);
	}

	private static Object value(ListenerSpec listener) {
		return (listener.listenOn() instanceof IpPort port) ? port.port() : String.valueOf(listener.listenOn().place());
	}

}
