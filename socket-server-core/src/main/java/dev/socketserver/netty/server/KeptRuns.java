package dev.socketserver.netty.server;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.ServerSpec;
import dev.socketserver.admission.KeptPermits;
import org.jspecify.annotations.Nullable;

/**
 * The earlier runs of one server whose listener was closed without stopping their
 * sessions ({@link NettySocketServer#closeListener()}). A run stays here until its last
 * session has ended. Safe for use by several threads.
 */
final class KeptRuns implements KeptPermits {

	private final Set<ServerRun> runs = ConcurrentHashMap.newKeySet();

	private final ServerSpec spec;

	KeptRuns(ServerSpec spec) {
		this.spec = spec;
	}

	void add(ServerRun run) {
		this.runs.add(run);
	}

	/** Returns whether the run was one of these. */
	boolean remove(ServerRun run) {
		return this.runs.remove(run);
	}

	/** Stops all of them, as {@link ServerRun#stop}. */
	void stop(Duration timeout) {
		this.runs.forEach((run) -> run.stop(timeout));
	}

	/** Returns all of them. */
	Set<ServerRun> all() {
		return this.runs;
	}

	/**
	 * Returns what completes when all of these have ended, and something else too.
	 * @param end the other thing, whose failure is passed on
	 */
	CompletableFuture<@Nullable Void> endedWith(CompletableFuture<@Nullable Void> end) {
		CompletableFuture<@Nullable Void> all = end;
		for (ServerRun run : this.runs) {
			all = all.thenCombine(run.ended(), (one, other) -> null);
		}
		return all;
	}

	/**
	 * How many permits among the sessions they have, which the run that listens now
	 * cannot give to others.
	 */
	@Override
	public int taken() {
		int taken = 0;
		for (ServerRun run : counting()) {
			taken += run.admission().sessions().taken();
		}
		return taken;
	}

	@Override
	public int taken(InetAddress address) {
		int taken = 0;
		for (ServerRun run : counting()) {
			taken += run.admission().taken(address);
		}
		return taken;
	}

	/**
	 * The runs whose permits count: none for a one-shot, which serves one session each
	 * time it is started, whatever earlier runs still serve.
	 */
	private Set<ServerRun> counting() {
		return this.spec.oneShot() ? Set.of() : this.runs;
	}

}
