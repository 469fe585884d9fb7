package dev.socketserver.engine.connect;

import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.threads.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One run of a client, from its start to its stop: what it has taken, and how it is to
 * end. Guarded by the monitor of {@link ClientConnections}, if not stated otherwise.
 */
final class ClientRun implements Lifecycle.Run {

	/** How long a connection that was aborted may take to notify its handler. */
	private static final long ABORT_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final ClientContext client;

	private final Connector connector;

	private final Diagnostics diagnostics;

	/** Whether it keeps the JVM alive; other settings may be in force at its end. */
	private final boolean keepsAlive;

	/** How the connection ends; absent while the client is not stopped. */
	private @Nullable CloseStatus stop;

	/** Whether everything is being given back. */
	private boolean ending;

	/** Ends the stop when it takes too long, even if a handler does not return. */
	private @Nullable Deadline deadline;

	/**
	 * Takes what the connections of a client need.
	 * @param client the client
	 * @param connectors makes what connects
	 * @throws RuntimeException if something cannot be had
	 */
	ClientRun(ClientContext client, Connector.Factory connectors) {
		this.client = client;
		// Payloads that the application receives itself have no handler.
		this.diagnostics = new Diagnostics(client.spec().byHand() ? null : client.engine().observer().get(),
				client.engine().logContext(), client.failureLog());
		this.connector = connectors.open(client);
		this.keepsAlive = !client.spec().threads().clientDaemon();
		if (this.keepsAlive) {
			keepAlive();
		}
	}

	/** Keeps the JVM alive until the end. */
	private void keepAlive() {
		try {
			this.client.engine().keepAlive().acquire();
		}
		catch (RuntimeException | Error ex) {
			this.connector.close();
			throw ex;
		}
	}

	/** Gives everything back. Any thread, once. */
	void close() {
		if (this.keepsAlive) {
			this.client.engine().keepAlive().release();
		}
		this.connector.close();
	}

	/** Any thread. */
	Connector connector() {
		return this.connector;
	}

	/** Any thread. */
	Diagnostics diagnostics() {
		return this.diagnostics;
	}

	/**
	 * Begins to stop.
	 * @param status how the connection ends
	 * @param late ends the stop, on the executor, when it takes too long
	 */
	void stop(CloseStatus status, Runnable late) {
		long nanos = this.client.spec().drainTimeout().toNanos() + ABORT_NANOS;
		Deadline end = new Deadline(this.client.engine().clock());
		end.begin(this.client.engine().timer(), nanos, () -> this.client.executor().execute(late));
		this.deadline = end;
		this.stop = status;
	}

	/** How the connection ends with the stop that is under way. */
	CloseStatus stopStatus() {
		CloseStatus status = this.stop;
		return (status != null) ? status : CloseStatus.of(CloseReason.SERVER_STOPPED);
	}

	/** Returns whether the caller is to give everything back. */
	boolean claimEnd() {
		boolean first = !this.ending;
		this.ending = true;
		return first;
	}

	/** Everything was given back in time. */
	void ended() {
		if (this.deadline != null) {
			this.deadline.cancel();
		}
	}

	@Override
	public boolean claimStop() {
		return this.stop == null;
	}

	@Override
	public boolean isStopping() {
		return this.stop != null;
	}

	@Override
	public @Nullable Throwable failure() {
		return null;
	}

}
