package dev.socketserver.autoconfigure.lifecycle;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Logs, once the application is ready, that nothing will keep the JVM alive although a
 * server listens: all threads are daemons, and there is no web server.
 */
public final class KeepAliveHint implements ApplicationListener<ApplicationReadyEvent> {

	/** The thread that waits for all others when the main method has returned. */
	private static final String DESTROYER = "DestroyJavaVM";

	private static final Logger logger = LoggerFactory.getLogger(KeepAliveHint.class);

	private final SocketServers servers;

	private final ApplicationContext context;

	public KeepAliveHint(SocketServers servers, ApplicationContext context) {
		this.servers = servers;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context && onlyDaemonsListen() && !keptAlive()) {
			logger
				.info("Servers listen, but nothing keeps the JVM alive when the main method has returned: to stay, set "
						+ "threads.server-daemon of a server to false, or spring.main.keep-alive to true");
		}
	}

	/** Whether any server listens, and none of those that do keeps the JVM alive. */
	private boolean onlyDaemonsListen() {
		boolean listens = false;
		for (SocketServer server : this.servers) {
			if (server.localAddress() != null) {
				listens = true;
				if (!server.spec().threads().serverDaemon()) {
					return false;
				}
			}
		}
		return listens;
	}

	/**
	 * Whether a thread other than this one, which has started the application, is no
	 * daemon.
	 */
	private static boolean keptAlive() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread != Thread.currentThread() && !thread.isDaemon()
					&& !thread.getName().equals(DESTROYER));
	}

}
