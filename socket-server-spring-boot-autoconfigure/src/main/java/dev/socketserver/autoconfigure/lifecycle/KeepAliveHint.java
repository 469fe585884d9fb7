package dev.socketserver.autoconfigure.lifecycle;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.log.SafeLogger;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Logs, once the application is ready, that nothing will keep the JVM alive although a
 * server listens or a client is started: all threads are daemons, and there is no web
 * server.
 */
public final class KeepAliveHint implements ApplicationListener<ApplicationReadyEvent> {

	private static final SafeLogger logger = SafeLogger.of(KeepAliveHint.class);

	private final SocketServers servers;

	private final LateBean<SocketClients> clients;

	private final ApplicationContext context;

	/**
	 * Creates a listener.
	 * @param servers the servers
	 * @param clients the clients, if anybody has asked for them
	 * @param context the context whose start it waits for
	 */
	public KeepAliveHint(SocketServers servers, LateBean<SocketClients> clients, ApplicationContext context) {
		this.servers = servers;
		this.clients = clients;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() != this.context) {
			return;
		}
		List<SocketServer> listening = listening();
		List<SocketClient> started = started();
		if ((listening.isEmpty() && started.isEmpty()) || keepsAlive(listening, started)
				|| !LastExit.isLast(Thread.currentThread())) {
			return;
		}
		if (!listening.isEmpty()) {
			logger
				.info("Servers listen, but nothing keeps the JVM alive when the main method has returned: to stay, set "
						+ "threads.server-daemon of a server to false, or spring.main.keep-alive to true");
		}
		else if (started.stream().allMatch((client) -> client.spec().byHand())) {
			logger.warn("Clients are started, but none has a handler, and nothing keeps the JVM alive when the main "
					+ "method has returned: to stay, annotate a handler with @SocketClientHandler, or set "
					+ "threads.client-daemon of a client to false, or spring.main.keep-alive to true");
		}
		else {
			logger.info("Clients are started, but nothing keeps the JVM alive when the main method has returned: to "
					+ "stay, set threads.client-daemon of a client to false, or spring.main.keep-alive to true");
		}
	}

	private List<SocketServer> listening() {
		List<SocketServer> listening = new ArrayList<>();
		for (SocketServer server : this.servers) {
			if (server.localAddress() != null) {
				listening.add(server);
			}
		}
		return listening;
	}

	private List<SocketClient> started() {
		List<SocketClient> started = new ArrayList<>();
		SocketClients known = this.clients.known();
		if (known == null) {
			return started;
		}
		for (SocketClient client : known) {
			ClientState state = client.state();
			if (state != ClientState.STOPPED && state != ClientState.CLOSING && state != ClientState.CLOSED) {
				started.add(client);
			}
		}
		return started;
	}

	/** Whether one of them keeps the JVM alive by itself. */
	private static boolean keepsAlive(List<SocketServer> listening, List<SocketClient> started) {
		for (SocketServer server : listening) {
			if (!server.spec().threads().serverDaemon()) {
				return true;
			}
		}
		for (SocketClient client : started) {
			if (!client.spec().threads().clientDaemon()) {
				return true;
			}
		}
		return false;
	}

}
