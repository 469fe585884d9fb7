package dev.socketserver.bridge.kill;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many messages peers may still send, all together. Safe for use by many threads. */
final class Allowance {

	private final Semaphore left;

	private volatile boolean over;

	/**
	 * Creates one.
	 * @param messages so many messages at first
	 */
	Allowance(int messages) {
		this.left = new Semaphore(messages);
	}

	/** Creates one that lasts until it ends. */
	static Allowance unlimited() {
		return new Allowance(Integer.MAX_VALUE);
	}

	/** Allows more messages. */
	void add(int messages) {
		this.left.release(messages);
	}

	/** Takes a message, if there is one now. */
	boolean take() {
		return !this.over && this.left.tryAcquire();
	}

	/**
	 * Takes a message, and waits for it.
	 * @return whether there was one before the end
	 */
	boolean await() {
		try {
			while (!this.over) {
				if (this.left.tryAcquire(100, TimeUnit.MILLISECONDS)) {
					return true;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	/** There are no more messages. */
	void end() {
		this.over = true;
	}

}
