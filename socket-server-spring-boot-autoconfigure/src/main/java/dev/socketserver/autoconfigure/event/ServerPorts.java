package dev.socketserver.autoconfigure.event;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Sets {@code local.socket.<name>.port}, and {@code local.socket.<name>/<listener>.port}
 * for each of several listeners, in the environments of the context and its parents, in
 * the property source that also has Boot's {@code local.server.port}.
 */
public final class ServerPorts implements SocketServerListener {

	private static final String SOURCE = "server.ports";

	private final ApplicationContext context;

	/** The server that started last under each name. Guarded by this. */
	private final Map<String, Started> started = new HashMap<>();

	public ServerPorts(ApplicationContext context) {
		this.context = context;
		if (context.getEnvironment() instanceof ConfigurableEnvironment environment
				&& environment.getPropertySources().contains(SOURCE)) {
			// If the source is the parent's, it is replaced before anybody asks for a
			// port.
			ports(environment, context.getParent());
		}
	}

	/**
	 * Finds the port of a server of this context, and not of one with the same name in
	 * another context that has the same parent.
	 * @param environment the environment of the context
	 * @param property the name of the property
	 * @return the port, or 0 if the server has not listened
	 */
	public static int own(Environment environment, String property) {
		Object port = (environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources().get(SOURCE) instanceof MapPropertySource source)
						? source.getProperty(property) : null;
		return (port instanceof Integer number) ? number : 0;
	}

	@Override
	public synchronized void started(SocketServer server) {
		Map<String, Object> places = places(server);
		if (places.isEmpty()) {
			return;
		}
		Started before = this.started.put(server.name(), new Started(server, places));
		for (Map<String, Object> ports : sources()) {
			if (before != null) {
				remove(ports, before.places(), places);
			}
			ports.putAll(places);
		}
	}

	/**
	 * Returns where a server listens; that of the server is its own place, or the first.
	 */
	private static Map<String, Object> places(SocketServer server) {
		Map<String, Object> places = new HashMap<>();
		List<ListenerSpec> specs = server.spec().listeners();
		if (specs.size() == 1 && specs.get(0).name().equals(ListenerSpec.MAIN)) {
			// Most have one place, for which no more is loaded.
			InetSocketAddress address = server.localAddress();
			if (address != null) {
				add(server.name(), isUnix(address) ? null : address.getPort(), Addresses.format(address), places);
			}
			return places;
		}
		List<ListenerStatus> listeners = server.listeners();
		for (ListenerStatus listener : listeners) {
			if (listener.state() == ListenerState.CLOSED) {
				return Map.of();
			}
			if (places.isEmpty()) {
				add(server.name(), listener.port(), listener.address(), places);
			}
			if (listeners.size() > 1 || !listener.name().equals(ListenerSpec.MAIN)) {
				add(server.name() + "/" + listener.name(), listener.port(), listener.address(), places);
			}
		}
		return places;
	}

	/** In this order, since most are not, and need no other class at the start. */
	private static boolean isUnix(InetSocketAddress address) {
		return address.getClass() != InetSocketAddress.class && address instanceof UnixAddress;
	}

	private static void add(String name, @Nullable Integer port, String address, Map<String, Object> places) {
		if (port != null) {
			places.put("local.socket." + name + ".port", port);
		}
		else {
			places.put("local.socket." + name + ".path", address.substring(UnixAddress.PREFIX.length()));
		}
	}

	@Override
	public synchronized void removed(SocketServer server) {
		Started last = this.started.get(server.name());
		// A successor with the same name may listen before this server has ended.
		if (last != null && last.server() == server) {
			this.started.remove(server.name());
			for (Map<String, Object> ports : sources()) {
				remove(ports, last.places(), Map.of());
			}
		}
	}

	/** The parent may have the port of another child's server meanwhile. */
	private static void remove(Map<String, Object> ports, Map<String, Object> former, Map<String, Object> kept) {
		former.forEach((place, value) -> {
			if (!kept.containsKey(place)) {
				ports.remove(place, value);
			}
		});
	}

	/** The sources of the ports in the environments of the context and its parents. */
	private List<Map<String, Object>> sources() {
		List<Map<String, Object>> sources = new ArrayList<>();
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			if (context.getEnvironment() instanceof ConfigurableEnvironment environment) {
				sources.add(ports(environment, context.getParent()));
			}
		}
		return sources;
	}

	private static Map<String, Object> ports(ConfigurableEnvironment environment, @Nullable ApplicationContext parent) {
		MutablePropertySources sources = environment.getPropertySources();
		// In the same source as Boot's own listeners.
		MapPropertySource known = (sources.get(SOURCE) instanceof MapPropertySource source) ? source : null;
		ApplicationContext owner = (known != null) ? ancestor(known, environment, parent) : null;
		if (known != null && owner == null) {
			return known.getSource();
		}
		Map<String, Object> ports = new ConcurrentHashMap<>();
		sources.addFirst(new MapPropertySource(SOURCE, ports));
		if (known != null && owner != null) {
			sources.addLast(new MapPropertySource(SOURCE + " of " + owner.getId(), known.getSource()));
		}
		return ports;
	}

	/**
	 * Finds the ancestor whose source is in the environment of a context, {@code null} if
	 * the source is its own. A context is given the sources that its parent has by then;
	 * without one of its own, all children of the parent would share that.
	 */
	private static @Nullable ApplicationContext ancestor(MapPropertySource source, ConfigurableEnvironment environment,
			@Nullable ApplicationContext parent) {
		for (ApplicationContext context = parent; context != null; context = context.getParent()) {
			if (context.getEnvironment() instanceof ConfigurableEnvironment other && other != environment
					&& other.getPropertySources().get(SOURCE) == source) {
				return context;
			}
		}
		return null;
	}

	/**
	 * A server that has started.
	 *
	 * @param server the server
	 * @param places the ports on which it listens, or the paths, by their properties
	 */
	private record Started(SocketServer server, Map<String, Object> places) {

	}

}
