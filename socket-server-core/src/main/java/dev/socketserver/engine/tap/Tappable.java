package dev.socketserver.engine.tap;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.operator.SessionOperations;

/** A session that can be tapped. Any thread. */
public interface Tappable extends SocketSession, SessionOperations {

	/** Whether it is a connection of a client. */
	default boolean isOfClient() {
		return side() == SessionSpec.Side.CLIENT;
	}

	/** What it is made from. */
	SessionSpec spec();

	/**
	 * Has a sink take what is received and sent from now on.
	 * @param sink takes it
	 * @param attached is run on the loop as soon as that is so
	 */
	void tap(TapSink sink, Runnable attached);

	/** Undoes {@link #tap}. */
	void untap(TapSink sink);

}
