package dev.socketserver.engine.addresses;

import dev.socketserver.CloseReason;

/**
 * When a client makes its next attempt to connect, and with which address of its host
 * that begins, by the outcome of the attempts and connections before it. Not safe for use
 * by several threads.
 */
public final class NextAttempt {

	private Backoff backoff;

	/** Attempts that have failed since the last connection. */
	private int failures;

	/** The number of the address, among those of the host. */
	private int address;

	private long connectedNanos;

	/**
	 * Creates what knows of the attempts of one client.
	 * @param backoff how long the client waits between them
	 */
	NextAttempt(Backoff backoff) {
		this.backoff = backoff;
	}

	/**
	 * Whether this side has ended a connection, so that it says nothing about the server.
	 * @param reason why it has ended
	 * @return whether that is a reason of this side
	 */
	public static boolean isOurOwn(CloseReason reason) {
		// Without a default, so that no new one is forgotten.
		return switch (reason) {
			case HANDLER_CLOSED, HANDLER_ERROR, ACCESS_DENIED, REQUESTS_DONE, ROTATED, SESSION_TIMEOUT, OVERFLOW,
					NOT_STORED, MEMORY, REPLACED, OPERATOR_CLOSED, SERVER_STOPPED, EXECUTOR_REJECTED ->
				true;
			case PEER_CLOSED, PEER_RESET, FRAME_TOO_LARGE, PROTOCOL_ERROR, DECODE_ERROR, FIRST_FRAME_TIMEOUT,
					FRAME_TIMEOUT, IDLE_TIMEOUT, WRITE_TIMEOUT, HEARTBEAT_TIMEOUT, SLOW_CONSUMER, TLS_FAILED,
					LOGIN_FAILED, LOGIN_TIMEOUT, RATE_EXCEEDED, IO_ERROR ->
				false;
		};
	}

	/** Waits otherwise from now on, at first for the shortest time. */
	void waits(Backoff next) {
		this.backoff = next;
	}

	/** Forgets earlier attempts: the client is started. */
	void started() {
		this.failures = 0;
		this.address = 0;
		this.backoff.reset();
	}

	/** An operator wants the client to connect: the next wait is the shortest again. */
	void wanted() {
		this.backoff.reset();
	}

	/**
	 * An attempt has failed.
	 * @param nextAddress the number of the address after those that it has tried
	 * @return whether it is the first to fail since the last connection
	 */
	boolean failed(int nextAddress) {
		this.address = nextAddress;
		return this.failures++ == 0;
	}

	/**
	 * An attempt has led to a connection.
	 * @param nanos the time, as {@link System#nanoTime} has it
	 */
	void connected(long nanos) {
		this.failures = 0;
		this.connectedNanos = nanos;
	}

	/**
	 * The connection has ended. One that was stable has the next attempt begin as the
	 * first; one that its server or the network has ended soon after it began has it try
	 * another address.
	 * @param reason why it has ended
	 * @param nextAddress the number of the address after that of the connection
	 * @param nanos the time, as {@link System#nanoTime} has it
	 */
	void disconnected(CloseReason reason, int nextAddress, long nanos) {
		if (this.backoff.connectionEnded(nanos - this.connectedNanos)) {
			this.address = 0;
		}
		else if (!isOurOwn(reason)) {
			this.address = nextAddress;
		}
	}

	/**
	 * Returns with which address the next attempt begins.
	 * @return the number of the address, among those of the host
	 */
	int address() {
		return this.address;
	}

	/**
	 * Returns how long to wait now before the next attempt. Each call makes the next wait
	 * longer.
	 * @return the time, in nanoseconds
	 */
	long delay() {
		return this.backoff.next();
	}

}
