package dev.socketserver.autoconfigure.lifecycle;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.connect.NettySocketClients;

import org.springframework.core.env.PropertyResolver;

/**
 * Starts the configured clients after all servers, and stops all clients at the same
 * time, before any server begins to drain. A client that cannot connect does not fail the
 * start: it tries again.
 */
public final class SocketClientsLifecycle extends WebServerPhaseLifecycle
		implements Registrations.Registry<ConfiguredClient> {

	/**
	 * Distance from the default phase: clients start after the servers and the web
	 * server, and stop before them.
	 */
	private static final int START_STOP = 512;

	private static final SafeLogger logger = SafeLogger.of(SocketClientsLifecycle.class);

	private final LateBean<SocketClients> clients;

	private final Registrations<ConfiguredClient> configured;

	private final PropertyResolver environment;

	/**
	 * Whether the clients are to connect: set when a start begins, and cleared when a
	 * stop begins.
	 */
	private volatile boolean wanted;

	/**
	 * Creates a lifecycle.
	 * @param clients the clients, which are made with the first that is configured
	 * @param described supplies those that are configured; called once
	 * @param environment has the properties as they are written
	 */
	public SocketClientsLifecycle(LateBean<SocketClients> clients, Supplier<List<ConfiguredClient>> described,
			PropertyResolver environment) {
		super(START_STOP);
		this.clients = clients;
		this.configured = new Registrations<>(described, this);
		this.environment = environment;
	}

	/**
	 * Registers the configured clients, unless that was done before. Called before a
	 * server listens, since its first peers may send what is for a client. Output of a
	 * client that is to start with the application waits until it has started.
	 * @return the configured clients
	 */
	public List<ConfiguredClient> register() {
		List<ConfiguredClient> configured = this.configured.get();
		if (!configured.isEmpty() && this.clients.get() instanceof NettySocketClients ours) {
			for (ConfiguredClient client : configured) {
				if (client.autoStart()) {
					ours.expectStart(client.spec().name());
				}
			}
		}
		return configured;
	}

	@Override
	public void register(ConfiguredClient client) {
		SocketClient unused = register(this.clients.get(), client);
	}

	/**
	 * Registers a client. Output of one that is to start waits until then, from the
	 * moment at which others can find it.
	 * @param clients where it is registered
	 * @param client the client
	 * @return the client
	 */
	public static SocketClient register(SocketClients clients, ConfiguredClient client) {
		return (client.autoStart() && clients instanceof NettySocketClients ours) ? ours.registerToStart(client.spec())
				: clients.register(client.spec());
	}

	@Override
	public void remove(ConfiguredClient client) {
		this.clients.get().remove(client.spec().name());
	}

	/**
	 * Takes note of other settings, for the next start of the context. Any thread.
	 * @param configured the clients of the properties, as they are registered now
	 */
	public void replace(List<ConfiguredClient> configured) {
		this.configured.replace(configured);
	}

	@Override
	public void start() {
		List<ConfiguredClient> registered = register();
		this.wanted = true;
		for (ConfiguredClient client : registered) {
			if (client.autoStart()) {
				// The application may have removed it meanwhile.
				this.clients.get().client(client.spec().name()).ifPresent(this::connect);
			}
		}
		super.start();
	}

	/**
	 * Starts a client that a change has made, or has stopped, if clients are to connect.
	 * Any thread.
	 * @param client the client, which is registered
	 * @throws InvalidSocketPropertyException if it cannot be started on this machine
	 */
	public void start(SocketClient client) {
		if (this.wanted) {
			connect(client);
		}
		if (!this.wanted) {
			// The application has stopped its clients, maybe just before, when this one
			// did not run yet. What was sent for the start fails.
			CompletableFuture<?> unused = client.stop();
		}
	}

	/** Starts a client, unless the application has closed it. */
	private void connect(SocketClient client) {
		if (client.state() == ClientState.CLOSED) {
			return;
		}
		try {
			client.start();
		}
		catch (IllegalStateException ex) {
			// It is still stopping, or was closed a moment ago.
			logger.warn("Client '{}' could not be started", client.name(), ex);
		}
		catch (UnsupportedOperationException ex) {
			throw unsupported(client, "this machine does not have it: " + ex.getMessage(),
					Remedies.missingTransport("it"), ex);
		}
		catch (UncheckedIOException ex) {
			throw new InvalidSocketPropertyException(SocketProperties.EVENT_LOOP_THREADS,
					this.environment.getProperty(SocketProperties.EVENT_LOOP_THREADS),
					"client '%s' has no event loops: %s".formatted(client.name(), ex.getMessage()),
					Remedies.tooManyEventLoops("it"), ex);
		}
		catch (IllegalArgumentException ex) {
			throw impossible(client, ex);
		}
	}

	private InvalidSocketPropertyException impossible(SocketClient client, IllegalArgumentException failure) {
		if (failure instanceof UnsupportedOptionException lacking) {
			String property = Section.CLIENTS.property(client.name(), lacking.option());
			return new InvalidSocketPropertyException(property, this.environment.getProperty(property),
					"it " + lacking.problem(), "Change it, or the transport", failure);
		}
		return unsupported(client, "its sockets cannot be made: " + failure.getMessage(),
				"Change %s".formatted(Section.CLIENTS.property(client.name())), failure);
	}

	/** Makes the exception for a transport or option that this machine does not have. */
	private static InvalidSocketPropertyException unsupported(SocketClient client, String problem, String remedy,
			RuntimeException cause) {
		return new InvalidSocketPropertyException(Section.CLIENTS.property(client.name(), "transport"),
				client.spec().transport(), problem, remedy, cause);
	}

	@Override
	List<CompletableFuture<?>> beginStop() {
		this.wanted = false;
		SocketClients known = this.clients.known();
		return (known == null) ? List.of() : stopAll(known, SocketClient::stop,
				(client, failure) -> logger.warn("Client '{}' could not be stopped", client.name(), failure));
	}

}
