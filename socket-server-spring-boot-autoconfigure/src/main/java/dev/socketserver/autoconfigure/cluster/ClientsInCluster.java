package dev.socketserver.autoconfigure.cluster;

import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;

import org.springframework.context.ApplicationContext;

/**
 * Has an application with a client join its cluster, if it is in one. Apart from
 * {@link SocketClusterLifecycle}, so that applications without clients need not load what
 * listens to them.
 *
 * @param context has the lifecycle
 */
public record ClientsInCluster(ApplicationContext context) implements SocketClientListener {

	@Override
	public void registered(SocketClient client) {
		this.context.getBeanProvider(SocketClusterLifecycle.class).ifAvailable(SocketClusterLifecycle::join);
	}

}
