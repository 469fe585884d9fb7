package dev.socketserver.engine.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServerListener;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends the runs of a server as its {@link Lifecycle} says, and does what
 * follows from the events of runs. Any thread.
 */
final class ServerRuns implements Lifecycle.Actions<ServerRun>, ServerRun.RunEvents {

	private final ServerContext server;

	private final ServerStarter starter;

	private final SocketServerListener listener;

	private final Lifecycle<ServerRun> lifecycle;

	private final Drains drains;

	/**
	 * Creates the object of a server that is stopped.
	 * @param server what its runs share
	 * @param starter makes them
	 */
	ServerRuns(ServerContext server, ServerStarter starter) {
		this.server = server;
		this.starter = starter;
		this.listener = server.engine().listener();
		this.lifecycle = new Lifecycle<>(this);
		this.drains = new Drains(server, this.lifecycle);
	}

	/** What the server is doing, and what is wanted of it. */
	Lifecycle<ServerRun> lifecycle() {
		return this.lifecycle;
	}

	/** How the sessions of all runs end. */
	Drains drains() {
		return this.drains;
	}

	/**
	 * Closes the listener of the current run, whose sessions go on without it, unless it
	 * is stopped meanwhile.
	 * @return completes when that is done; {@code null} if the server does not run
	 */
	@Nullable CompletableFuture<?> closeListener() {
		ServerRun current = this.lifecycle.beginLeaving();
		if (current == null) {
			return null;
		}
		current.close();
		return current.free().thenRunAsync(() -> {
			if (this.lifecycle.leave(current)) {
				current.listensNoMore();
			}
		}, this::onOwnThread);
	}

	// What the lifecycle says.

	@Override
	public ServerRun begin() {
		return this.starter.begin(this.server, this, earlier());
	}

	/**
	 * Returns who was admitted in earlier runs whose sessions count beside those of the
	 * next. None does for a one-shot, which serves one session each time it is started.
	 */
	private List<Admission> earlier() {
		List<Admission> earlier = new ArrayList<>(0);
		if (!this.server.spec().oneShot()) {
			for (ServerRun run : this.lifecycle.runs().left()) {
				earlier.add(run.admission());
			}
		}
		return earlier;
	}

	@Override
	public Throwable cause(Throwable thrown) {
		return (thrown instanceof ServerStartException known) ? known : this.server.failure(Problem.OTHER, thrown);
	}

	@Override
	public void failed(Throwable cause) {
		this.listener.failed(this.server.server(), cause);
	}

	@Override
	public void cancelled(ServerRun run) {
		// Only that: sessions of runs before have the time that somebody gave them.
		run.ending().stop(Duration.ZERO);
		throw new IllegalStateException("Server '" + this.server.name() + "' was stopped or removed while it started");
	}

	@Override
	public void started(ServerRun run) {
		for (RunListener each : run.listeners()) {
			ServerLog.listens(each.spec(), each.address(), each.port().transport());
			if (each.isPaused()) {
				ServerLog.turned(each.spec().label(), true);
			}
		}
		this.listener.started(this.server.server());
	}

	@Override
	public void work(ServerRun run) {
		run.accept();
	}

	@Override
	public void stopped(ServerRun run) {
		this.server.failureLog().flush();
		this.listener.stopped(this.server.server());
	}

	@Override
	public RuntimeException refusal(ServerState state, boolean retired) {
		String name = this.server.name();
		return new IllegalStateException(retired ? "Server '" + name + "' has been removed, or is closed"
				: "Server '" + name + "' cannot start while it is " + state);
	}

	// Events of runs.

	@Override
	public void ended(ServerRun run) {
		switch (this.lifecycle.ended(run)) {
			case START_AGAIN -> onOwnThread(() -> startAgain(run));
			case REST -> run.listensNoMore();
			// A run ends even if handlers of its sessions do not return: their permits
			// are free now.
			case NOTHING -> permitsFree();
		}
	}

	/** Runs what notifies listeners, which may take long, on a thread made for it. */
	private void onOwnThread(Runnable task) {
		this.server.engine().onOwnThread(task, "socket-server-transition");
	}

	/**
	 * Starts the server again after the run before. No thread waits for the outcome, of
	 * which listeners are notified. What has kept the JVM alive until now is given up
	 * last, when the new run has its own.
	 */
	private void startAgain(ServerRun before) {
		try {
			this.lifecycle.startAgain();
		}
		catch (RuntimeException ex) {
			if (this.lifecycle.isWanted()) {
				ServerLog.cannotRestart(this.server.server(), ex);
			}
		}
		finally {
			before.listensNoMore();
		}
	}

	@Override
	public void over(ServerRun run) {
		this.lifecycle.over(run);
	}

	@Override
	public void served(ServerRun run) {
		if (this.lifecycle.run() == run && this.lifecycle.isRunning()) {
			this.drains.stop(this.server.spec().drainTimeout(), Wish.STOPPED);
		}
	}

	@Override
	public void permitsFree() {
		ServerRun current = this.lifecycle.run();
		if (current != null) {
			current.intake().permitsChanged();
		}
	}

}
