package dev.socketserver.autoconfigure.settings;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.lifecycle.LateBean;
import dev.socketserver.autoconfigure.lifecycle.SocketClientsLifecycle;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import dev.socketserver.autoconfigure.spec.StartPolicy;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.dispatch.DispatchedSessions;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * The steps of one change. All but those that remove something can be taken back. Used by
 * one thread.
 */
final class Steps {

	private static final SafeLogger logger = SafeLogger.of(Steps.class);

	private final BeanFactory beans;

	private final SocketServers servers;

	private final LateBean<SocketClients> clients;

	private final SocketServersLifecycle lifecycle;

	/** What each server or client needs that changes. */
	private final Map<SettingsEntry, Verdict> needed;

	private final Trial.Result trial;

	private final InForce before;

	private final Supplier<SocketProperties> former;

	private final long version;

	/** The servers and clients that have the new version already. */
	private final Set<Object> versioned = Collections.newSetFromMap(new IdentityHashMap<>());

	/** What takes the steps back, the last first. */
	private final Deque<Runnable> back = new ArrayDeque<>();

	/** How often each server that restarts was asked to end, so far as is known here. */
	private final Map<SocketServer, Integer> endsAsked = new IdentityHashMap<>();

	/** The servers and clients that ran, and were stopped for a restart. */
	private final List<String> restarted = new ArrayList<>();

	/**
	 * Begins a change.
	 * @param beans starts servers and clients, and has what modules make
	 * @param servers the servers
	 * @param clients the clients
	 * @param needed what each server or client needs that changes
	 * @param trial what the change is to put in force
	 * @param before what is in force
	 * @param former supplies the properties that this was made of
	 */
	Steps(BeanFactory beans, SocketServers servers, LateBean<SocketClients> clients, Map<SettingsEntry, Verdict> needed,
			Trial.Result trial, InForce before, Supplier<SocketProperties> former) {
		this.beans = beans;
		this.servers = servers;
		this.clients = clients;
		this.lifecycle = beans.getBean(SocketServersLifecycle.class);
		this.needed = needed;
		this.trial = trial;
		this.before = before;
		this.former = former;
		this.version = before.version() + 1;
	}

	/** Makes all that can be taken back. */
	void make() {
		// Others may end one while those before it restart.
		each(Verdict.RESTART, this::willRestart, (client) -> {
		});
		each(Verdict.RESTART, (server) -> restart(server, next(server)), (client) -> restart(client, next(client)));
		each(Verdict.CREATE, this::create);
		for (Verdict verdict : List.of(Verdict.NEW_SESSIONS, Verdict.APPLIED)) {
			each(verdict, (server) -> reconfigure(server, next(server)), (client) -> reconfigure(client, next(client)));
		}
	}

	private ServerSpec next(SocketServer server) {
		return this.trial.made().server(server.name()).spec();
	}

	private ClientSpec next(SocketClient client) {
		return this.trial.made().client(client.name()).spec();
	}

	/** Removes what is gone. What was made is in force, whatever becomes of this. */
	void remove() {
		each(Verdict.REMOVE, (entry) -> {
			try {
				present(entry, this::remove, this::remove);
			}
			catch (RuntimeException | Error ex) {
				logger.error("{} was not removed in full", entry.property(), ex);
			}
		});
	}

	private void each(Verdict verdict, Consumer<SocketServer> server, Consumer<SocketClient> client) {
		each(verdict, (entry) -> present(entry, server, client));
	}

	private void each(Verdict verdict, Consumer<SettingsEntry> step) {
		this.needed.forEach((entry, needs) -> {
			if (needs == verdict) {
				step.accept(entry);
			}
		});
	}

	/** Makes a step, unless the application has removed what it is for. */
	private void present(SettingsEntry entry, Consumer<SocketServer> server, Consumer<SocketClient> client) {
		if (entry.section() == Section.SERVERS) {
			this.servers.server(entry.name()).ifPresent(server);
		}
		else {
			this.clients.get().client(entry.name()).ifPresent(client);
		}
	}

	/**
	 * Takes all steps back that were made.
	 * @return what holds now, for the message of a failure
	 */
	String takeBack() {
		boolean all = true;
		while (!this.back.isEmpty()) {
			try {
				this.back.pop().run();
			}
			catch (RuntimeException | Error ex) {
				all = false;
				logger.error("A change of settings could not be taken back", ex);
			}
		}
		String now = all ? "Everything is as it was" : "Not all could be taken back, as the log says in full";
		return this.restarted.isEmpty() ? now + "."
				: "%s, but the sessions of %s have ended.".formatted(now, String.join(" and ", this.restarted));
	}

	void reconfigure(SocketServer server, ServerSpec next) {
		ServerSpec old = server.spec();
		countOn(old.session(), next.session());
		ServerOperations.of(server).reconfigure(next, this.version);
		this.versioned.add(server);
		follow(old.session(), next.session());
		this.back.push(() -> {
			follow(old.session(), null);
			ServerOperations.of(server).reconfigure(old, this.before.version());
			inForce(old.name(), this.former.get());
		});
		inForce(old.name(), this.trial.properties());
	}

	void reconfigure(SocketClient client, ClientSpec next) {
		ClientSpec old = client.spec();
		countOn(old.session(), next.session());
		ClientOperations.of(client).reconfigure(next, this.version);
		this.versioned.add(client);
		follow(old.session(), next.session());
		this.back.push(() -> {
			follow(old.session(), null);
			ClientOperations.of(client).reconfigure(old, this.before.version());
		});
	}

	/**
	 * Has the blocks of modules take note of a server's: of one that starts again before
	 * it does, so that its first session finds them.
	 */
	private void inForce(String server, SocketProperties properties) {
		ServerBlocks.inForce(server, properties.getServers().getOrDefault(server, new ServerProperties()), this.beans);
	}

	/** What counts calls goes on, for the first session that opens, too. */
	private static void countOn(SessionSpec old, SessionSpec next) {
		DispatchedSessions earlier = DispatchedSessions.of(old.handler());
		DispatchedSessions later = DispatchedSessions.of(next.handler());
		if (earlier != null && later != null) {
			later.countWith(earlier);
		}
	}

	/** Open sessions keep their handler, but not what it does without a method. */
	private static void follow(SessionSpec old, @Nullable SessionSpec next) {
		DispatchedSessions earlier = DispatchedSessions.of(old.handler());
		if (earlier != null) {
			earlier.followedBy((next != null) ? DispatchedSessions.of(next.handler()) : null);
		}
	}

	/** All sessions that open from now on have the new version, of whatever server. */
	void newVersion() {
		for (SocketServer server : this.servers) {
			newVersion(server, "Server '" + server.name() + "'",
					() -> ServerOperations.of(server).reconfigure(server.spec(), this.version));
		}
		SocketClients known = this.clients.known();
		if (known != null) {
			for (SocketClient client : known) {
				newVersion(client, "Client '" + client.name() + "'",
						() -> ClientOperations.of(client).reconfigure(client.spec(), this.version));
			}
		}
	}

	private void newVersion(Object of, String what, Runnable change) {
		try {
			if (!this.versioned.contains(of)) {
				change.run();
			}
		}
		catch (RuntimeException ex) {
			logger.debug("{} keeps the version of its settings", what, ex);
		}
	}

	/** A server will be restarted in its turn, unless somebody ends it until then. */
	private void willRestart(SocketServer server) {
		this.endsAsked.put(server, ServerOperations.of(server).endsAsked());
	}

	/** Drains a server by its plan, and starts it with its new settings, if it ran. */
	private void restart(SocketServer server, ServerSpec next) {
		StartPolicy policy = this.before.made().server(server.name()).start();
		Set<String> awaited = this.lifecycle.tryNoMore(server.name());
		ServerState state = server.state();
		boolean ran = state == ServerState.RUNNING || state == ServerState.PAUSED;
		if (ran) {
			this.restarted.add("server '" + server.name() + "'");
		}
		Set<String> paused = ran ? paused(server) : awaited;
		Set<String> pausedNext = paused.containsAll(names(server.spec())) ? names(next) : paused;
		this.back.push(() -> start(server, state, policy, paused));
		end(server);
		reconfigure(server, next);
		this.back.push(() -> end(server));
		start(server, state, StartPolicy.DEFAULT, pausedNext);
	}

	private static Set<String> paused(SocketServer server) {
		return server.listeners()
			.stream()
			.filter((each) -> each.state() == ListenerState.PAUSED)
			.map(ListenerStatus::name)
			.collect(Collectors.toSet());
	}

	private static Set<String> names(ServerSpec spec) {
		return spec.listeners().stream().map(ListenerSpec::name).collect(Collectors.toSet());
	}

	/** One that was stopped stays so, as its operator wants it, before and meanwhile. */
	private void start(SocketServer server, ServerState before, StartPolicy policy, Set<String> paused) {
		Integer asked = ServerOperations.of(server).endsAsked();
		if (before != ServerState.STOPPED && asked.equals(this.endsAsked.get(server))) {
			this.lifecycle.start(server.name(), policy, paused);
		}
	}

	/**
	 * Ends a server by its plan, and waits as long as a listener takes that is notified
	 * of it.
	 */
	private void end(SocketServer server) {
		ServerSpec spec = server.spec();
		CompletableFuture<?> stopped = server.stopped();
		this.endsAsked.computeIfPresent(server, (key, asked) -> asked + 1);
		if (spec.drain().length().isZero() || server.state() == ServerState.STOPPED
				|| server.state() == ServerState.FAILED) {
			ServerOperations.of(server).beginStop(spec.drainTimeout());
		}
		else {
			CompletableFuture<?> unused = server.drain(spec.drain(), spec.drainTimeout().plus(spec.drain().length()));
		}
		stopped.handle((ended, failure) -> ended).join();
	}

	/** Stops a client, and starts it with its new settings, if it ran. */
	void restart(SocketClient client, ClientSpec next) {
		ClientState state = client.state();
		if (state == ClientState.CONNECTED) {
			this.restarted.add("client '" + client.name() + "'");
		}
		this.back.push(() -> start(client, state));
		client.stop().join();
		reconfigure(client, next);
		this.back.push(() -> client.stop().join());
		start(client, state);
	}

	private void start(SocketClient client, ClientState before) {
		if (before != ClientState.STOPPED && before != ClientState.CLOSED) {
			start(client);
		}
	}

	private void start(SocketClient client) {
		this.beans.getBean(SocketClientsLifecycle.class).start(client);
	}

	private void create(SettingsEntry entry) {
		if (entry.section() == Section.SERVERS) {
			create(this.trial.made().server(entry.name()));
		}
		else {
			create(this.trial.made().client(entry.name()));
		}
	}

	private void create(ConfiguredServer configured) {
		String name = configured.spec().name();
		this.back.push(() -> ServerBlocks.gone(name, this.beans));
		// Whoever finds the server may start it.
		inForce(name, this.trial.properties());
		SocketServer server = this.servers.register(configured.spec());
		this.back.push(() -> this.servers.remove(name));
		ServerOperations.of(server).reconfigure(configured.spec(), this.version);
		if (configured.start().auto()) {
			this.lifecycle.start(name, StartPolicy.DEFAULT, Set.of());
		}
	}

	private void create(ConfiguredClient configured) {
		SocketClient client = SocketClientsLifecycle.register(this.clients.get(), configured);
		this.back.push(() -> this.clients.get().remove(configured.spec().name()));
		ClientOperations.of(client).reconfigure(configured.spec(), this.version);
		if (configured.autoStart()) {
			start(client);
		}
	}

	private void remove(SocketServer server) {
		end(server);
		this.servers.remove(server.name());
		ServerBlocks.gone(server.name(), this.beans);
	}

	private void remove(SocketClient client) {
		client.stop().join();
		this.clients.get().remove(client.name());
	}

}
