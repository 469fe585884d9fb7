package dev.socketserver.autoconfigure;

import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;

import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Puts {@code local.socket.<name>.port} into the environment of the context and its
 * parents, beside Boot's own {@code local.server.port}.
 */
final class ServerPorts implements SocketServerListener {

	private static final String SOURCE = "server.ports";

	private final ApplicationContext context;

	ServerPorts(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void started(SocketServer server) {
		InetSocketAddress address = server.localAddress();
		if (address == null) {
			return;
		}
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			if (context.getEnvironment() instanceof ConfigurableEnvironment environment) {
				put(environment.getPropertySources(), "local.socket." + server.name() + ".port", address.getPort());
			}
		}
	}

	@SuppressWarnings("unchecked") // as Boot's own listeners do
	private static void put(MutablePropertySources sources, String name, int port) {
		if (!(sources.get(SOURCE) instanceof MapPropertySource)) {
			sources.addFirst(new MapPropertySource(SOURCE, new ConcurrentHashMap<>()));
		}
		if (sources.get(SOURCE) instanceof MapPropertySource source) {
			source.getSource().put(name, port);
		}
	}

}
