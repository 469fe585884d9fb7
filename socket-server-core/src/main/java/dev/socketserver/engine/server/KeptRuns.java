package dev.socketserver.engine.server;

import java.net.InetAddress;
import java.util.List;

import dev.socketserver.ServerSpec;
import dev.socketserver.admission.KeptPermits;
import dev.socketserver.engine.lifecycle.Lifecycle;

/**
 * The permits of the earlier runs of one server whose listener was closed without
 * stopping their sessions ({@link ManagedServer#closeListener()}). Safe for use by
 * several threads.
 */
final class KeptRuns implements KeptPermits {

	private final ServerSpec spec;

	private final Lifecycle<ServerRun> lifecycle;

	KeptRuns(ServerSpec spec, Lifecycle<ServerRun> lifecycle) {
		this.spec = spec;
		this.lifecycle = lifecycle;
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
	private List<ServerRun> counting() {
		return this.spec.oneShot() ? List.of() : this.lifecycle.left();
	}

}
