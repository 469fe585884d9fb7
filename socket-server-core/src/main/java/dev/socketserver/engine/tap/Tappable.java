package dev.socketserver.engine.tap;

import dev.socketserver.SocketSession;

/** A session that can be tapped. Any thread. */
public interface Tappable extends SocketSession {

	/** Whether it is a connection of a client. */
	boolean isOfClient();

	/**
	 * Has a sink take what comes and goes from now on.
	 * @param sink takes it
	 * @param attached is run on the loop as soon as that is so
	 */
	void tap(TapSink sink, Runnable attached);

	/** Undoes {@link #tap}. */
	void untap(TapSink sink);

}
