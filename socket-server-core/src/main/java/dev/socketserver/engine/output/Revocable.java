package dev.socketserver.engine.output;

import org.jspecify.annotations.Nullable;

/**
 * Is notified of what became of a write that may be taken back while it waits, such as a
 * request whose time is over.
 */
public interface Revocable extends Completion {

	/**
	 * The write was admitted: it leaves after those that were admitted before it. Under
	 * the monitor of the queue.
	 */
	void admitted();

	/**
	 * Returns why the write must not begin to wait for room any more. Under the monitor
	 * of the queue.
	 * @return why not, or {@code null} if it may
	 */
	@Nullable Exception revoked();

}
